"""Seeds that found something once: each broke a promise until the daemon was mended.

What came to the simulation later (`replying`, `occasions`) is drawn from streams of its own and never for a seed that
had found something by then, so that each keeps its story.
"""

#: The suite runs these; each takes less than two seconds.
SHORT = {
    1: "an empty list of operators made everybody a bot",
    25: "a request whose case was erased was looked into two hundred times a cycle, and nothing else was done",
    26: "moments stored by a clock that was ahead were waited for",
    109: "an opening with an unclear outcome was taken away before the look",
    210: "a case that could not be opened for a while was left pending with somebody waiting in it",
    278: "of one message a backup knew the first words, and the rest was sent again",
    3049: "what an unanswered status left behind when it ran out was respected as a person's change",
    429: "what was not sent when replies were switched off was sent when they were switched on again",
    4398: "of two cases that were opened in one second and merged, one's first words were taken for later ones",
    5448: "by a clock that was behind, what was written before replies were switched on was sent",
    5628: "by a clock that was ahead, an answer that came back was taken for somebody else's words",
    12499: "an opening was not found whose case was merged into one that was merged in turn",
    15940: "an answer was passed over in a case that was known to be ours only later",
    20029: "a case that a person had closed was opened after another one had been merged into it",
}
#: `python -m tests.simulation --found` runs these as well.
LONG = {
    143: "a note seemed to show the words that had opened its case, and equal words were not shown",
    20485: "words of the visitor that are not included were shown when their case was found late",
    5: "a customer who waited was hidden after the state file was lost",
    32: "an older chat of a case hid the customer of a newer one",
    53: "an older copy of the state file sent what other chats of its case had shown",
    6027: "what one run on an older copy found hid what the next had to find",
    6028: "the same words in two chats of a case were taken for each other",
    6068: "an opening that was merged before the look left its message behind",
    401: "an agent whose operator had changed went on answering as the former one",
    408: "an answer came back as a note where Chaport does not tell its event, and the owner had no fallback",
    443: "an agent was told that an answer came too late which a forgotten run had sent",
    469: "an answer that a forgotten run had sent several chats ago was sent again",
    5343: "by a clock that was stepped back leases seemed to last longer",
    5561: "what an unclear opening had opened was not found beside a case that was opened again",
    5633: "by a clock that was ahead between two looks at it chats were put off for a day",
    5673: "a poll in which somebody was missing did not count as one that had seen somebody else available",
    5815: "what a forgotten run had sent came back as a note where the answer had been edited since",
    6468: "an answer in a closed case whose chat goes on in another was passed over",
    6854: "what was shown before was not found behind what a forgotten run had shown late",
    6932: "words said in the second in which a case was opened were taken for its opening after a merge",
    7528: "the words of an unclear opening passed for those of another case of the visitor",
    10680: "beside a case that was opened again an opening was not found that was closed before the look",
    11452: "after the state file was lost, equal words of two chats of a case hid what stood between them",
    13853: "a customer waited unseen in a case into which people had merged that customer's pending one",
    18703: "a customer's words stood in another's name after people had merged their cases",
    17: "a note was written again in another time zone",
    70: "who wrote was not read while others' rows changed",
    87: "leases ran out because Chaport's pace could not renew so many in time",
    121: "the first crowd of an account was not found behind the first page",
    30059: "the other daemon was overlooked in a case that was read for a note",
    20364: "an empty list of operators was believed by a daemon without a memory",
}
FOUND = SHORT | LONG
