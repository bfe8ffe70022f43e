"""What the services' own answers settle of what their documentation leaves open. Nothing is sent or stored here."""
