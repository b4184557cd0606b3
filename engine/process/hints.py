"""How to mend what a rule found: for each finding's sentence, the one that helps. Its places are the finding's own."""

from engine.kit.i18n import N_

HINTS: dict[str, str] = {
    "Exactly one process is needed, not %(count)s.": N_("Keep one pool, and draw the others as drawings of their own."),
    "The process is marked as not executable.": N_("Mark it as executable: it was drawn only to be looked at."),
    'No act of the program begins cases on the process "%(key)s": published, it would stand unused.': N_(
        'Change a copy of a process that is begun ("Change it" on its page): %(begun)s.'
    ),
    "The id %(id)s is used twice.": N_("Draw one of the two anew: its id is then made for it."),
    "The id %(id)s is reserved; please choose another.": N_("Give it an id that says what it is."),
    "Exactly one start event is needed, not %(count)s.": N_("Lead every beginning from one start, with a gateway."),
    "There is no end event.": N_("Draw an end event where the work is done."),
    "This flow does not join two elements of the same process.": N_("Delete it and draw it anew, from edge to edge."),
    'Nothing leads on from "%(name)s".': N_("Draw a flow from it, to the next step or to an end."),
    'Several flows leave "%(name)s"; please draw a gateway.': N_(
        "Let one flow lead to a gateway: with conditions where one way is chosen, a parallel one where all are taken."
    ),
    "A condition here is never asked: only exclusive and inclusive gateways choose.": N_(
        "Delete the condition, or draw an exclusive gateway before it."
    ),
    'This flow from "%(name)s" has no condition and is not the default.': N_(
        "Give it a condition, or make it the gateway's default flow."
    ),
    'No way leads to "%(name)s".': N_("Draw a flow to it, or delete it."),
    'A way leads round to "%(name)s" without any step that waits.': N_("Put a step or a timer into the loop."),
    'From "%(name)s" no way leads to an end.': N_("Draw a way out of the loop: a gateway, and a flow to an end."),
    'The gateway "%(name)s" shows no way where %(facts)s.': N_(
        "Make one of its flows the default: it is taken where no condition holds."
    ),
    'The form of the step "%(name)s" asks for no decision, but the ways behind it depend on one.': N_(
        "Choose the form of a step of your own: each of them asks for a decision."
    ),
    "The condition %(source)s reads %(fact)s, which nobody gives.": N_(
        "Choose one of the known facts, or let a step's form or a script give it first."
    ),
    "The condition %(source)s asks whether %(fact)s is %(value)s, which it never is.": N_(
        "It may be one of: %(values)s"
    ),
    "%(fact)s is given only on some of the ways that lead here.": N_("Give it before: in a script at the beginning."),
    "The condition %(source)s is written in another language; in CEL it reads: %(better)s": N_(
        "Upload the file: it is translated then. Or write the condition anew."
    ),
    "The condition %(source)s is not usable CEL. %(reason)s": N_(
        "Build the condition from known facts: a fact, a comparison, a value."
    ),
    "The engine does not run this kind of element: %(kind)s": N_(
        "Draw it with steps, gateways, timers and sub-processes, or leave it out."
    ),
    'The step "%(name)s" names no form.': N_("Choose its form; the plain one asks for a decision and a note."),
    'The step "%(name)s" names no act.': N_("Choose what is done in it."),
    'The step "%(name)s" lies in no lane with a role.': N_("Choose the role that it is offered to."),
    'The service task "%(name)s" names no action.': N_("Choose one of the actions that the program offers."),
    'The script of "%(name)s" cannot be run. %(reason)s': N_(
        "A script is a list of facts, each with the expression that gives its value. No other language is ever run."
    ),
    "This was written for another engine and is not run here: %(kind)s": N_(
        "Upload the file: it is left out then, and the page says what was lost."
    ),
    'The timer "%(name)s" repeats; cycles and cron are not run.': N_(
        "Use a clock, or a duration and a loop back to the step before."
    ),
    'The timer "%(name)s" names neither a clock nor a duration.': N_("Choose a clock, or write a duration."),
    "The time %(source)s is not usable. %(reason)s": N_('Write a duration such as "PT30M", or choose a clock.'),
    'The event "%(name)s" names no message.': N_("Name the message that it waits for."),
    'An event of this kind is not run here: "%(name)s".': N_(
        "Timers and messages are waited for; a process starts and ends plainly."
    ),
    'The event "%(name)s" is attached to nothing that waits.': N_("Put it on the edge of a step."),
    'Only timers and messages may follow the gateway "%(name)s".': N_(
        "Draw a timer or a message event right after it."
    ),
    'A dry run got stuck at "%(name)s": tokens that it waits for can no longer come.': N_(
        "Ways that were chosen by an exclusive gateway are joined by an exclusive one, not by a parallel one."
    ),
    'The end "%(name)s" closes the case, and no hands but those of "%(step)s" come before it.': N_(
        "Draw a verification or an approval between them, in the lane of another role."
    ),
    'Between "%(step)s" and the end "%(name)s", only "%(other)s" is done by others, who may be the same person.': N_(
        "Use the act of verification or closure: the program keeps whoever did the work away from these."
    ),
    '"%(name)s" is offered to the same role as "%(step)s", the work that it judges.': N_(
        "Put it into the lane of another role."
    ),
}
