"""The database: opening it, its migrations, its named SQL, and the stores that handlers take."""
