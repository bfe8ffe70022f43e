"""The tables of the state file, and the script that makes each version from the one before (P7)."""

#: One script for each version. A new version adds an entry; old entries are never changed.
MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE operators (
        operator_id TEXT PRIMARY KEY, verdict TEXT, unavailable_since REAL,
        written TEXT NOT NULL, written_at REAL NOT NULL, lease_until REAL NOT NULL,
        attempted TEXT NOT NULL, attempted_at REAL NOT NULL, attempted_until REAL NOT NULL,
        stray TEXT NOT NULL, stray_until REAL NOT NULL,
        yielded_to TEXT, overrides TEXT NOT NULL, mismatches INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE chats (
        visitor_id TEXT NOT NULL, chat_id TEXT NOT NULL, since REAL NOT NULL,
        visitor_name TEXT NOT NULL, visitor_email TEXT NOT NULL, visitor_phone TEXT NOT NULL,
        page TEXT NOT NULL, bot_name TEXT NOT NULL, closed INTEGER NOT NULL, last_event_at REAL NOT NULL,
        next_read_at REAL, attention_at REAL,
        visitor_wrote INTEGER NOT NULL, bot_spoke INTEGER NOT NULL, human INTEGER NOT NULL, asked_at REAL,
        handed_over INTEGER NOT NULL, note_until INTEGER NOT NULL, case_id TEXT NOT NULL, introduced INTEGER NOT NULL,
        silenced TEXT NOT NULL, opened_unanswered INTEGER NOT NULL, status_due TEXT NOT NULL,
        waiting_since REAL, search_after REAL NOT NULL, searches INTEGER NOT NULL,
        PRIMARY KEY (visitor_id, chat_id)
    ) STRICT;
    CREATE INDEX chats_to_read ON chats (next_read_at) WHERE next_read_at IS NOT NULL;
    CREATE INDEX chats_to_tend ON chats (attention_at) WHERE attention_at IS NOT NULL;
    CREATE TABLE cases (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL, own INTEGER NOT NULL, status_ours TEXT NOT NULL,
        status_sent TEXT NOT NULL, visitor_wrote INTEGER NOT NULL, left_alone TEXT NOT NULL, anchor TEXT NOT NULL
    ) STRICT;
    CREATE TABLE lines (
        visitor_id TEXT NOT NULL, chat_id TEXT NOT NULL, event_id TEXT NOT NULL, part INTEGER NOT NULL,
        author TEXT NOT NULL, name TEXT NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, seq INTEGER NOT NULL,
        state TEXT NOT NULL, rejections INTEGER NOT NULL, not_before REAL NOT NULL, error TEXT NOT NULL,
        PRIMARY KEY (visitor_id, chat_id, event_id, part),
        FOREIGN KEY (visitor_id, chat_id) REFERENCES chats ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX lines_open ON lines (visitor_id, chat_id, seq) WHERE state <> 'done';
    """,
    """
    ALTER TABLE cases DROP COLUMN anchor;
    ALTER TABLE cases ADD COLUMN openings TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE lines ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE lines ADD COLUMN message_rows INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX lines_of_messages ON lines (message_id) WHERE message_id <> '';
    """,
    """
    CREATE TABLE agents_seen (
        agent_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, status TEXT NOT NULL, since REAL NOT NULL,
        asks TEXT NOT NULL, why TEXT NOT NULL
    ) STRICT;
    CREATE TABLE operators_seen (
        operator_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, status TEXT NOT NULL,
        since REAL NOT NULL, agents TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT;
    CREATE TABLE status_changes (
        at REAL NOT NULL, operator_id TEXT NOT NULL, operator TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
        agents TEXT NOT NULL, reason TEXT NOT NULL, by_hand INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX changes_by_time ON status_changes (at);
    """,
    """
    CREATE TABLE replies (
        message_id TEXT NOT NULL, part INTEGER NOT NULL, visitor_id TEXT NOT NULL, case_id TEXT NOT NULL,
        staff_id TEXT NOT NULL, operator_id TEXT NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL,
        seq INTEGER NOT NULL, state TEXT NOT NULL, rejections INTEGER NOT NULL, not_before REAL NOT NULL,
        error TEXT NOT NULL, sent_at REAL NOT NULL, looks INTEGER NOT NULL, event_id TEXT NOT NULL,
        PRIMARY KEY (message_id, part)
    ) STRICT;
    CREATE INDEX replies_by_visitor ON replies (visitor_id, seq);
    CREATE INDEX replies_by_case ON replies (case_id);
    CREATE INDEX replies_open ON replies (seq) WHERE state IN ('new', 'sending');
    """,
    """
    ALTER TABLE replies DROP COLUMN sent_at;
    UPDATE cases
    SET openings = (SELECT json_group_array(json_array(value, cases.user_id)) FROM json_each(cases.openings));
    """,
    """
    ALTER TABLE chats ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
    UPDATE chats SET user_id = coalesce((SELECT user_id FROM cases WHERE id = case_id AND own), '');
    """,
    """
    ALTER TABLE operators_seen ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE status_changes ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    UPDATE operators_seen SET rule = substr(reason, 1, 2), reason = substr(reason, 5) WHERE reason GLOB 'S[0-9]: *';
    UPDATE status_changes SET rule = substr(reason, 1, 2), reason = substr(reason, 5) WHERE reason GLOB 'S[0-9]: *';
    UPDATE chats SET silenced = substr(silenced, 5) WHERE silenced GLOB 'T[0-9]: *';
    UPDATE lines SET error = substr(error, 5) WHERE error GLOB 'T[0-9]: *';
    ALTER TABLE status_changes ADD COLUMN operator_name TEXT NOT NULL DEFAULT '';
    ALTER TABLE status_changes ADD COLUMN operator_email TEXT NOT NULL DEFAULT '';
    UPDATE status_changes SET
        operator_name = coalesce((SELECT name FROM operators_seen AS known
            WHERE known.operator_id = status_changes.operator_id),
            iif(operator LIKE '%@%' OR operator = operator_id, '', operator)),
        operator_email = iif(operator LIKE '%@%', operator, ''),
        agents = (SELECT json_group_array(json_array(
                coalesce(known.agent_id, value), coalesce(known.name, iif(value LIKE '%@%', '', value)),
                iif(value LIKE '%@%', value, coalesce(known.email, ''))))
            FROM json_each(status_changes.agents) LEFT JOIN agents_seen AS known
            ON known.agent_id = (SELECT agent_id FROM agents_seen WHERE value IN (email, name, agent_id) LIMIT 1));
    ALTER TABLE status_changes DROP COLUMN operator;
    """,
    """
    ALTER TABLE cases ADD COLUMN left_by TEXT NOT NULL DEFAULT '';
    UPDATE meta SET key = 'flow.' || substr(key, 6) WHERE key LIKE 'half.%';
    ALTER TABLE chats RENAME COLUMN attention_at TO due_at;
    """,
    """
    ALTER TABLE lines ADD COLUMN kind TEXT NOT NULL DEFAULT 'words';
    UPDATE lines SET kind = 'other' WHERE author = 'unknown';
    UPDATE lines SET kind = 'notice', author = 'unknown' WHERE author = 'nobody';
    """,
    """
    DELETE FROM meta WHERE value = 'null' OR key IN ('other_instance', 'paired_agents', 'paired_operators')
        OR key = 'rules' AND CASE WHEN json_valid(value)
            THEN json_type(value, '$.flows') IS NULL OR json_type(value, '$.polls') IS NULL END;
    UPDATE meta SET key = 'Beat' || substr(key, 5) WHERE key LIKE 'flow.%';
    UPDATE meta SET key = 'Lateness' || substr(key, 9) WHERE key LIKE 'lateness.%';
    CREATE TABLE moved (key TEXT PRIMARY KEY, record TEXT NOT NULL, field TEXT) STRICT;
    INSERT INTO moved VALUES
        ('accounts', 'Accounts', NULL), ('answer_ids', 'AnswerIds', NULL), ('clocks', 'ClocksAhead', 'seconds'),
        ('config_rejected', 'Rejection', NULL), ('drivers', 'Pairs', 'drivers'), ('first_start', 'Start', 'first'),
        ('forgot_at', 'Start', 'forgot_at'), ('forgotten_before', 'Start', 'forgotten_before'),
        ('lease', 'LeaseInForce', NULL), ('operators_listed', 'OperatorsListed', 'known'),
        ('own_staff_id', 'OwnAgent', 'staff_id'), ('replies_again', 'CasesAgain', 'due'),
        ('replies_looked', 'RepliesLook', 'looked'), ('replies_since', 'RepliesLook', 'since'),
        ('rules', 'RulesInForce', NULL), ('spent', 'Spent', NULL), ('status_names', 'OwnStatuses', 'names'),
        ('status_unread', 'Unread', NULL), ('swept_at', 'Swept', 'at'), ('unread', 'Noticed', 'visitors'),
        ('visitor_order', 'VisitorOrder', 'marks');
    INSERT INTO meta SELECT record, json_group_object(field, json(value)) FROM meta JOIN moved USING (key)
        WHERE field IS NOT NULL AND json_valid(value) GROUP BY record;
    INSERT INTO meta SELECT record, value FROM meta JOIN moved USING (key) WHERE field IS NULL;
    DELETE FROM meta WHERE key IN (SELECT key FROM moved);
    DROP TABLE moved;
    """,
    "ALTER TABLE cases ADD COLUMN words_at REAL NOT NULL DEFAULT 0;",
    """
    ALTER TABLE chats ADD COLUMN gather_from REAL;
    DELETE FROM meta WHERE key = 'RulesInForce';
    """,
    """
    CREATE INDEX chats_by_case ON chats (case_id) WHERE case_id <> '';
    CREATE INDEX chats_by_beginning ON chats (since);
    CREATE INDEX chats_that_wait ON chats (waiting_since) WHERE waiting_since IS NOT NULL;
    CREATE INDEX chats_that_search ON chats (search_after) WHERE search_after > 0;
    CREATE INDEX cases_by_user ON cases (user_id);
    CREATE INDEX lines_under_way ON lines (visitor_id, chat_id) WHERE state = 'sending';
    CREATE INDEX replies_in_order ON replies (seq);
    CREATE TABLE counts (what TEXT NOT NULL, state TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (what, state))
        STRICT, WITHOUT ROWID;
    INSERT INTO counts SELECT 'chats', '', count(*) FROM chats;
    INSERT INTO counts SELECT 'lines', state, count(*) FROM lines GROUP BY state;
    INSERT INTO counts SELECT 'replies', state, count(*) FROM replies GROUP BY state;
    CREATE TRIGGER chat_added AFTER INSERT ON chats BEGIN
        UPDATE counts SET number = number + 1 WHERE what = 'chats';
    END;
    CREATE TRIGGER chat_removed AFTER DELETE ON chats BEGIN
        UPDATE counts SET number = number - 1 WHERE what = 'chats';
    END;
    CREATE TRIGGER line_added AFTER INSERT ON lines BEGIN
        INSERT INTO counts VALUES ('lines', new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
    END;
    CREATE TRIGGER line_moved AFTER UPDATE OF state ON lines WHEN old.state <> new.state BEGIN
        UPDATE counts SET number = number - 1 WHERE what = 'lines' AND state = old.state;
        INSERT INTO counts VALUES ('lines', new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
    END;
    CREATE TRIGGER line_removed AFTER DELETE ON lines BEGIN
        UPDATE counts SET number = number - 1 WHERE what = 'lines' AND state = old.state;
    END;
    CREATE TRIGGER reply_added AFTER INSERT ON replies BEGIN
        INSERT INTO counts VALUES ('replies', new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
    END;
    CREATE TRIGGER reply_moved AFTER UPDATE OF state ON replies WHEN old.state <> new.state BEGIN
        UPDATE counts SET number = number - 1 WHERE what = 'replies' AND state = old.state;
        INSERT INTO counts VALUES ('replies', new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
    END;
    CREATE TRIGGER reply_removed AFTER DELETE ON replies BEGIN
        UPDATE counts SET number = number - 1 WHERE what = 'replies' AND state = old.state;
    END;
    """,
)
