"""What is said of a drawing from another tool: notes of what was translated, losses of what was left out."""

from engine.kit.i18n import N_

TOOL = N_("The drawing was made with %(source)s.")
ENCODING = N_("The file names the encoding %(source)s but is written in %(better)s; it was read as that.")
CONDITION = N_("The condition %(source)s now reads %(better)s.")
TIME = N_("The time %(source)s now reads %(better)s.")
FORM = N_("The form %(source)s became our form %(better)s.")
PLAIN = N_("It became a step that asks for a decision and a note.")
ROLE = N_("The group or lane %(source)s became the role %(better)s.")
ACTION = N_("The service %(source)s became the action %(better)s.")
SCRIPT = N_("The script was rewritten as a list of facts: %(better)s")
KIND = N_("An element of kind %(source)s became one of kind %(better)s.")
ID = N_("The id %(source)s became %(better)s.")
EXECUTABLE = N_("It was marked as drawn only to be looked at; now it may be run.")
LAYOUT = N_("The file gave no coordinates: the drawing was laid out anew.")
HELP = N_("What people were told at this step became its documentation.")

NO_CODE = N_("It ran code in the other tool (%(what)s). Code in drawings is never run here; it was left out.")
NO_PERSON = N_(
    "It was given to a person, or by an expression (%(what)s). Steps are given to roles here; this was left out."
)
NO_GROUP = N_("There is no role for the group %(what)s; please choose one.")
NO_DUE = N_("Its time limit (%(what)s) was left out: time limits come from clocks here.")
NO_FORM = N_("There is no form %(what)s here; please choose one.")
NO_FIELDS = N_("The form drawn inside the step (%(what)s) was left out: forms are kept apart here.")
NO_DATA = N_("What it passed in and out (%(what)s) was left out: all steps of a process share its facts here.")
NO_SETTING = N_("What the other tool had set (%(what)s) has no counterpart here and was left out.")
NO_ACTION = N_("There is no action %(what)s here; please choose one.")
NO_DECISION = N_("It asked a decision table (%(what)s); please choose an action, or draw the decision with gateways.")
NO_START = N_("The process started by itself (%(what)s). Here it is started with the case; this was left out.")
NO_DRAWN_DATA = N_("Data drawn beside the steps (%(what)s) was left out: facts and files belong to the case here.")
