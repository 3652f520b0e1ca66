"""Evidence: which rules tell a real change from noise, how soon and how often they are wrong."""
