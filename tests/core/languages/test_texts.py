"""All texts of each language, as an agent reads them (T1, T5, P3, R1)."""

from dataclasses import fields, replace
from datetime import UTC
from itertools import combinations
from string import Formatter

import pytest

from chaport_sync.core.languages.any_language import LANGUAGES
from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Language, Locale
from chaport_sync.core.languages.russian import RUSSIAN
from chaport_sync.core.languages.turkish import TURKISH
from chaport_sync.core.ledger import Form, Line, Reply
from chaport_sync.core.model import Author, Event, Kind
from chaport_sync.core.replies.selection import Why, note_on, took_back
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.delivery_text import content, header, late_heading, note_line
from chaport_sync.core.transcripts.reading import shown

NOW = 1_793_610_000.0
KEY = ("v1", "7")
CHAT = ChatState(*KEY, 0, "Mary", "m@x.example", "+1", "/prices", "R")
CASE = CaseState("2001")
REPLY = Reply("7001", 0, "v1", "2001", "41", "op", NOW, "Hi.")
FILE = Event("1", "upload", file_name="a.pdf", file_url="https://x/a")
#: The authors whose name says what they are, or who have none.
AUTHORS = (Author.VISITOR, Author.BOT, Author.OPERATOR, Author.AUTOMATION, Author.UNKNOWN)
#: The texts that are the same word in English and in Turkish.
SAME = {"bot", "as_bot", "with_bot"}

IN_ENGLISH = """\
Chaport chat 7 · Mary (visitor), m@x.example, +1 (as typed in the chat, not verified) · page /prices · bot R
Answers written here do not reach the visitor: answer in Chaport.
Answers written here are sent to the visitor's chat.
Late: written 2026-11-02 09:00:00, could not be delivered then.
2026-11-02 09:00:00 Sam (visitor): Hi
2026-11-02 09:00:00 Visitor: Hi
2026-11-02 09:00:00 Sam (bot): Hi
2026-11-02 09:00:00 Bot: Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Operator: Hi
2026-11-02 09:00:00 Sam (bot or former operator): Hi
2026-11-02 09:00:00 somebody (bot or former operator): Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Chaport: Hi
chat 7 · f111ddf4
[file: a.pdf, https://x/a]
[not shown: poll]
Not sent to the visitor: no Chaport operator is paired with you. The answer began: Hi.
Not sent to the visitor: it could not be sent in time. The answer began: Hi.
Not sent to the visitor: this case is another customer's. The answer began: Hi.
Not sent to the visitor: it may be meant for the customer of a case that was merged into this one. The answer began: Hi.
Not sent to the visitor: Chaport does not know the visitor any more. The answer began: Hi.
Not sent to the visitor: there is nothing in it that can be sent. The answer began: Hi.
Not sent to the visitor: Chaport refused it. The answer began: Hi.
Not sent to the visitor: Chaport refused it (bad). The rest of the answer began: Hi.
Not sent to the visitor: Chaport refused it (bad). Answer no. 7001
The visitor keeps the answer that was changed here.
The visitor keeps the answer that was deleted here."""

IN_RUSSIAN = """\
Чат Chaport № 7 · Mary (посетитель), m@x.example, +1 (указано в чате, не проверено) · страница /prices · бот R
Ответы из обращения до посетителя не доходят: отвечайте в Chaport.
Ответы из обращения приходят посетителю в чат.
С опозданием: написано 2026-11-02 09:00:00, доставить сразу не удалось.
2026-11-02 09:00:00 Sam (посетитель): Hi
2026-11-02 09:00:00 Посетитель: Hi
2026-11-02 09:00:00 Sam (бот): Hi
2026-11-02 09:00:00 Бот: Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Оператор: Hi
2026-11-02 09:00:00 Sam (бот или бывший оператор): Hi
2026-11-02 09:00:00 Без имени (бот или бывший оператор): Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Chaport: Hi
чат 7 · f111ddf4
[файл: a.pdf, https://x/a]
[не отображается: poll]
Не отправлено посетителю: с вами не связан ни один оператор Chaport. Начало ответа: Hi.
Не отправлено посетителю: не удалось доставить вовремя. Начало ответа: Hi.
Не отправлено посетителю: это обращение другого клиента. Начало ответа: Hi.
Не отправлено посетителю: ответ мог предназначаться клиенту другого обращения, объединённого с этим. Начало ответа: Hi.
Не отправлено посетителю: этого посетителя больше нет в Chaport. Начало ответа: Hi.
Не отправлено посетителю: в ответе нечего отправлять. Начало ответа: Hi.
Не отправлено посетителю: Chaport не принял ответ. Начало ответа: Hi.
Не отправлено посетителю: Chaport не принял ответ (bad). Начало неотправленной части: Hi.
Не отправлено посетителю: Chaport не принял ответ (bad). Ответ № 7001
Ответ изменён только здесь: у посетителя остался прежний текст.
Ответ удалён только здесь: у посетителя он остался."""

IN_TURKISH = """\
7 numaralı Chaport sohbeti · Mary (ziyaretçi), m@x.example, +1 (sohbette yazıldı, doğrulanmadı) · sayfa /prices · bot R
Buraya yazılan yanıtlar ziyaretçiye ulaşmaz, lütfen Chaport üzerinden yanıtlayın.
Buraya yazılan yanıtlar ziyaretçinin sohbetine gönderilir.
Gecikmeli: 2026-11-02 09:00:00 tarihinde yazıldı, o sırada iletilemedi.
2026-11-02 09:00:00 Sam (ziyaretçi): Hi
2026-11-02 09:00:00 Ziyaretçi: Hi
2026-11-02 09:00:00 Sam (bot): Hi
2026-11-02 09:00:00 Bot: Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Operatör: Hi
2026-11-02 09:00:00 Sam (bot veya eski operatör): Hi
2026-11-02 09:00:00 Adı bilinmiyor (bot veya eski operatör): Hi
2026-11-02 09:00:00 Sam: Hi
2026-11-02 09:00:00 Chaport: Hi
sohbet 7 · f111ddf4
[dosya: a.pdf, https://x/a]
[gösterilemiyor: poll]
Ziyaretçiye gönderilmedi: sizinle eşleşen bir Chaport operatörü yok. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: zamanında iletilemedi. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: bu talep başka bir müşteriye ait. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: yanıt, birleştirilen diğer talebin müşterisine yazılmış olabilir. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: bu ziyaretçi artık Chaport'ta yok. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: yanıtta gönderilebilecek bir şey yok. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: Chaport yanıtı kabul etmedi. Yanıtın başı: Hi.
Ziyaretçiye gönderilmedi: Chaport yanıtı kabul etmedi (bad). Gönderilmeyen kısmın başı: Hi.
Ziyaretçiye gönderilmedi: Chaport yanıtı kabul etmedi (bad). 7001 numaralı yanıt
Yanıt yalnızca burada değiştirildi, ziyaretçi eski hâlini görüyor.
Yanıt yalnızca burada silindi, ziyaretçi onu hâlâ görüyor."""


def written(language: Language) -> list[str]:
    """Return each kind of row that stands in a case."""
    locale = Locale(language, UTC)
    lines = [Line("e1", 0, author, name, NOW, "Hi") for author in AUTHORS for name in ("Sam", "")]
    refused = Why.REFUSED.words(language, "bad")
    answers = [note_on(REPLY, why.words(language), language, NOW) for why in Why]
    answers += [note_on(replace(REPLY, part=1), refused, language, NOW)]
    answers += [note_on(replace(REPLY, text=""), refused, language, NOW)]
    return [
        *header(CHAT, CASE, language, replies=False).split("\n"),
        header(CHAT, CASE, language, replies=True).split("\n")[1],
        late_heading(lines, locale),
        *(note_line(line, locale) for line in lines),
        content(Form.NOTE, lines[:1], locale, KEY).split("\n")[-1],
        shown(FILE, Kind.OTHER, language),
        shown(Event("1", "poll"), Kind.OTHER, language),
        *(line.text for line in answers),
        *(took_back(REPLY, language, deleted=deleted, now=NOW).text for deleted in (False, True)),
    ]


@pytest.mark.parametrize(
    ("language", "text"), [(ENGLISH, IN_ENGLISH), (RUSSIAN, IN_RUSSIAN), (TURKISH, IN_TURKISH)], ids=["en", "ru", "tr"]
)
def test_what_is_read_in_a_case(language: Language, text: str) -> None:
    """T1, T5, P3, R1: headings, lines of each author, files, references and notes about answers, word by word."""
    assert "\n".join(written(language)) == text


@pytest.mark.parametrize("pair", list(combinations(LANGUAGES, 2)), ids=" and ".join)
@pytest.mark.parametrize("name", [field.name for field in fields(Language)])
def test_each_text_is_there_in_each_language(name: str, pair: tuple[str, str]) -> None:
    """T5: no text is empty or left in another language, and all have the same places to fill in."""
    one, other = (getattr(LANGUAGES[word], name) for word in pair)
    assert one
    assert other
    assert one != other or (name in SAME and pair == ("en", "tr"))
    assert places(one) == places(other)


def places(text: str | tuple[str, ...]) -> set[str | None]:
    """Return the names of what is filled in; a text without any has none."""
    parts = [part for each in ([text] if isinstance(text, str) else text) for part in Formatter().parse(each)]
    return {name for _, name, _, _ in parts} - {None}
