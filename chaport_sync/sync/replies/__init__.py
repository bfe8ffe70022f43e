"""The reply flow: what agents answer in Deskie reaches the visitor in Chaport."""
