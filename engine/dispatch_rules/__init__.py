"""The list of authority (权责清单): which department answers for what, where. Dispatching itself belongs to cases."""
