"""Questions and answers: what is asked, how it is read and checked, how it is written again."""
