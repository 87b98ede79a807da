"""What members' orders and visits come to: how lately, how often and how much, what they like, where they shop, in
which stage of life they are as customers (MEM-07). One row a member, which conditions read."""
