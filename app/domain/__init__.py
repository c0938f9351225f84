"""What is true: configuration as values, people as rows, and the decision between them."""
