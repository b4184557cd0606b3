"""Running drawings (BPMN): which step comes next, who it is offered to, timers, outbox, incidents.

The only room that speaks SpiffWorkflow. What a case *is* does not live here: a room above owns the subject and follows.
"""
