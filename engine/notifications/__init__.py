"""Messages to people: in the application, by e-mail, SMS and enterprise chat; each is a row before it leaves.

What is worth a message is said by the rooms below, with signals; this room decides who hears it, how and when.
"""
