// A body-less function needs a file of assembly beside it.
