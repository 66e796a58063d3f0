# JSON with full double precision from base R alone. A vector of length one is a scalar; array_of() keeps it a list.
array_of <- function(values) structure(as.list(values), json_array = TRUE)

to_json <- function(value) {
  if (is.null(value)) return("null")
  if (is.list(value)) {
    inner <- vapply(value, to_json, "")
    if (isTRUE(attr(value, "json_array")) || is.null(names(value))) return(paste0("[", paste(inner, collapse = ","), "]"))
    return(paste0("{", paste0(vapply(names(value), encodeString, "", quote = '"'), ":", inner, collapse = ","), "}"))
  }
  if (is.character(value)) return(encodeString(value, quote = '"'))
  if (is.logical(value)) return(if (value) "true" else "false")
  stopifnot(length(value) == 1, is.finite(value))
  sprintf("%.17g", value)
}

vector_of <- function(kind, name, input, expected, published = NULL) {
  made <- list(kind = kind, name = name, input = input, expected = expected)
  if (!is.null(published)) made$published <- as.list(published)
  made
}

write_golden <- function(packages, vectors) {
  software <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")),
                sapply(packages, function(name) as.character(packageVersion(name)), simplify = FALSE))
  writeLines(to_json(list(software = software, vectors = array_of(vectors))), commandArgs(trailingOnly = TRUE)[1])
}
