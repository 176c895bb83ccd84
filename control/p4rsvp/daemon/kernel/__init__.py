"""The kernel's routing tables as a source of routes: FRR, BIRD or an operator's hand fills them."""
