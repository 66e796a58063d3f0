# Average run length of control charts, in readings, by the numerical methods of the package spc.
suppressPackageStartupMessages(library(spc))
source("oracle/json.R")

ewma <- function(weight, width, shift, published = NULL) {
  vector_of("ewma", sprintf("%sweight %g, width %g, shift %g", if (is.null(published)) "" else "risk-quant 3, ", weight, width, shift),
            list(weight = weight, width = width, shift = shift),
            list(fixedLimits = xewma.arl(weight, width, shift, sided = "two", r = 60),
                 growingLimits = xewma.arl(weight, width, shift, sided = "two", limits = "vacl", r = 60)), published)
}

cusum <- function(threshold, shift, published = NULL) {
  vector_of("cusum", sprintf("%sthreshold %g, shift %g", if (is.null(published)) "" else "risk-quant 3, ", threshold, shift),
            list(slack = 0.5, threshold = threshold, shift = shift),
            list(twoSided = xcusum.arl(0.5, threshold, shift, sided = "two", r = 60), oneSided = xcusum.arl(0.5, threshold, shift, r = 60)), published)
}

charts <- list(c(.05, 2.615, 11.4), c(.1, 2.814, 10.3), c(.2, 2.962, 10.5), c(.25, 2.998, 11.1), c(.4, 3.054, 14.3))
sums <- list(list(4, "168", "8.4"), list(4.77, "369", "9.9"), list(5, "465", "10.4"), list(8, "9483", "16.4"))

vectors <- c(
  lapply(charts, function(chart) ewma(chart[1], chart[2], 0, c(fixedLimits = "500"))),
  lapply(charts, function(chart) ewma(chart[1], chart[2], 1, c(fixedLimits = format(chart[3], nsmall = 1)))),
  lapply(c(.5, 2), function(shift) ewma(.2, 2.962, shift)),
  lapply(c(2.5, 3.5), function(width) ewma(.2, width, 0)),
  lapply(sums, function(each) cusum(each[[1]], 0, c(twoSided = each[[2]]))),
  lapply(sums, function(each) cusum(each[[1]], 1, c(twoSided = each[[3]]))),
  lapply(c(.5, 2), function(shift) cusum(5, shift))
)
write_golden("spc", vectors)
