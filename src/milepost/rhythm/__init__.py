"""What people say to each other about goals and KPIs, and what they are told."""
