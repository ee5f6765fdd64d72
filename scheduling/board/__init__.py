"""The pages of the front desk. They stand on `/api/v1/` like any other frontend."""
