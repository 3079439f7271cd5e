"""What each sum, company and person of an article stands for, by linear models over their contexts."""
