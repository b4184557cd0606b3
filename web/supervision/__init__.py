"""The supervisors' desk: board, queues, bulk acts, supervision orders, the wall screen, and what keeps them fresh."""
