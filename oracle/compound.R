# Loss of a year: Panjer's recursion as actuar has it, over a given or discretised loss of one event. Severity mass beyond the
# grid stays out, which changes nothing below the grid's end: a sum there has no part beyond it.
suppressPackageStartupMessages(library(actuar))
source("oracle/json.R")

poisson <- function(rate) list(kind = "Poisson", rate = rate)
gamma_poisson <- function(shape, exposure) list(kind = "NegativeBinomial", shape = shape, exposureYears = exposure)

# Steps of the recursion: enough that the sum covers every question, far beyond the last quantile asked for.
total_of <- function(frequency, masses, step, steps) {
  # It warns that the distribution is not complete at the last step, as it is not meant to be; the questions end before.
  suppressWarnings(if (frequency$kind == "Poisson") {
    aggregateDist("recursive", model.freq = "poisson", model.sev = masses, lambda = frequency$rate, x.scale = step, tol = 1e-15, maxit = steps)
  } else {
    aggregateDist("recursive", model.freq = "negative binomial", model.sev = masses, size = frequency$shape,
                  prob = frequency$exposureYears / (frequency$exposureYears + 1), x.scale = step, tol = 1e-15, maxit = steps)
  })
}

no_event <- function(frequency) {
  if (frequency$kind == "Poisson") dpois(0, frequency$rate)
  else dnbinom(0, frequency$shape, frequency$exposureYears / (frequency$exposureYears + 1))
}

mean_count <- function(frequency) if (frequency$kind == "Poisson") frequency$rate else frequency$shape / frequency$exposureYears

compound <- function(kind, name, frequency, severity, masses, step, exceedances, mean_loss, published = NULL) {
  total <- total_of(frequency, masses, step, 20000)
  on_grid <- knots(total)
  cumulative <- total(on_grid)
  quantile_of <- function(share) on_grid[which(cumulative >= share)[1]]
  # A rarer exceedance, taken from 1, has not enough digits left to be held against.
  known <- Filter(function(x) 1 - total(x) >= 1e-5, exceedances)
  if (!is.null(severity$gridEnd)) stopifnot(c(exceedances, quantile_of(.99)) < severity$gridEnd)
  vector_of(kind, name, list(frequency = frequency, severity = severity, step = step),
            list(noEvent = no_event(frequency), massAtZero = total(0),
                 exceedances = array_of(lapply(known, function(x) list(above = x, probability = 1 - total(x)))),
                 quantiles = list(p90 = quantile_of(.9), p95 = quantile_of(.95), p99 = quantile_of(.99)),
                 expectedLoss = mean_count(frequency) * mean_loss), published)
}

from_masses <- function(name, frequency, masses, step, exceedances) {
  compound("masses", name, frequency, list(masses = array_of(masses)), masses, step, exceedances, sum(masses * (seq_along(masses) - 1) * step))
}

# Rounding: the mass of a grid point is the probability of the half steps around it.
from_lognormal <- function(name, frequency, low, high, step, steps, exceedances, published = NULL) {
  mu <- (log(low) + log(high)) / 2
  sigma <- (log(high) - log(low)) / (2 * qnorm(.95))
  masses <- discretize(plnorm(x, mu, sigma), from = 0, to = steps * step, step = step, method = "rounding")
  compound("lognormal", name, frequency, list(low = low, high = high, gridEnd = steps * step), masses, step, exceedances,
           mlnorm(1, mu, sigma), published)
}

from_pert <- function(name, frequency, least, mode, most, step, exceedances) {
  span <- most - least
  alpha <- 1 + 4 * (mode - least) / span
  beta <- 1 + 4 * (most - mode) / span
  masses <- discretize(pbeta((x - least) / span, alpha, beta), from = 0, to = most + step, step = step, method = "rounding")
  compound("pert", name, frequency, list(min = least, mode = mode, max = most), masses, step, exceedances, (least + 4 * mode + most) / 6)
}

# Several losses of one event: the masses of their sum, when they have nothing to do with each other.
added <- function(first, second) {
  total <- numeric(length(first) + length(second) - 1)
  for (index in seq_along(first)) {
    reach <- index:(index + length(second) - 1)
    total[reach] <- total[reach] + first[index] * second
  }
  total
}

from_parts <- function(name, frequency, parts, step, exceedances) {
  masses <- Reduce(added, parts)
  compound("sum-of-parts", name, frequency, list(parts = array_of(lapply(parts, array_of))), masses, step, exceedances,
           sum(masses * (seq_along(masses) - 1) * step))
}

research <- list("Poisson .5" = list(poisson(.5), c(noEvent = ".60653", "exceedances.0.probability" = ".0860", expectedLoss = "296491")),
                 "Gamma(2, 4)" = list(gamma_poisson(2, 4), c(noEvent = ".64", "exceedances.0.probability" = ".0888", expectedLoss = "296491")))
printed_quantiles <- list("Poisson .5" = c(p90 = 880000, p95 = 1490000, p99 = 3480000), "Gamma(2, 4)" = c(p90 = 900000, p95 = 1550000, p99 = 3640000))

small <- list("four points" = c(0, .5, .3, .2), "mass at nothing" = c(.3, .4, .2, .1), "one size" = c(0, 1), "two far apart" = c(0, .9, rep(0, 17), .1),
              "geometric" = .5^(1:40) / sum(.5^(1:40)))
frequencies <- list("Poisson .1" = poisson(.1), "Poisson 3" = poisson(3), "Poisson 20" = poisson(20), "Gamma(2, 4)" = gamma_poisson(2, 4),
                    "Gamma(.5, 3)" = gamma_poisson(.5, 3), "Gamma(30, 6)" = gamma_poisson(30, 6))

of_small <- unlist(lapply(names(small), function(shape) lapply(names(frequencies), function(often) {
  from_masses(paste(often, shape, sep = ", "), frequencies[[often]], small[[shape]], 1000, c(0, 2000, 5000, 20000))
})), recursive = FALSE)

of_research <- lapply(names(research), function(name) {
  made <- from_lognormal(paste("risk-quant 4.3,", name), research[[name]][[1]], 5e4, 2e6, 5000, 2400, c(1e6, 5e6), research[[name]][[2]])
  # Printed as .88M and so on: rounded to ten thousand, where two lie between grid points.
  stopifnot(all(abs(unlist(made$expected$quantiles) - printed_quantiles[[name]]) <= 5000))
  made
})

vectors <- c(
  of_research,
  list(
    from_lognormal("Poisson 2, a wide range", poisson(2), 1e4, 4e5, 2000, 4000, c(1e5, 1e6)),
    from_lognormal("Gamma(3, 10), a coarse grid", gamma_poisson(3, 10), 1e5, 5e6, 50000, 1000, c(1e6, 1e7)),
    from_pert("Poisson .5", poisson(.5), 10, 30, 100, .5, c(0, 30, 100)),
    from_pert("Gamma(2, 4)", gamma_poisson(2, 4), 1e4, 2e5, 3e6, 5000, c(1e5, 1e6)),
    from_parts("Poisson .5, two parts", poisson(.5), list(c(0, .5, .5), c(.6, .3, .1)), 1000, c(0, 3000)),
    from_parts("Gamma(2, 4), four parts", gamma_poisson(2, 4), list(c(0, .5, .3, .2), c(.5, .5), c(.2, .3, .5), c(.9, 0, 0, 0, 0, .1)), 1000, c(0, 5000, 15000))
  ),
  of_small
)
write_golden("actuar", vectors)
