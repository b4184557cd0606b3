"""The desk: what people of the centre and the departments do with cases. Lists, the case page, its acts; no rules."""
