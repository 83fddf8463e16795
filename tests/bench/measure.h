// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "support/quantile.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace gpiofs::bench {

/// How long to measure: a short form shows that everything runs, not how fast.
struct Scale {
    bool quick = false;
    /// One of several runs of a thing that is repeated in a loop.
    std::chrono::milliseconds run() const { return std::chrono::milliseconds(quick ? 20 : 150); }
    /// Runs of each side of a comparison, in turns.
    int turns() const { return quick ? 2 : 9; }
    /// Single events, a latency each.
    int events() const { return quick ? 5 : 100; }
};

/// What was measured, in the order it was.
class Series {
  public:
    void add(double value) { values_.push_back(value); }
    /// Of what lies below; 0.5 is the median. Not to be asked of an empty series.
    double quantile(double part) const { return test::quantile(values_, part); }
    double median() const { return quantile(0.5); }

  private:
    std::vector<double> values_;
};

double seconds(Duration time);
double microseconds(Duration time);

/// One side of a comparison: the rate of its runs, and how long each of its operations took.
struct Side {
    Series per_second;
    Series latency_us;
    std::size_t operations = 0;
};

/// Repeats `operation` for that long.
void run_for(Duration time, const std::function<void()>& operation, Side& side);

/// Runs both in turns, so that what else the machine does falls on both.
void alternate(const Scale& scale, const std::function<void()>& one, Side& one_side,
               const std::function<void()>& other, Side& other_side);

/// Keeps the calling thread, and threads and processes it starts, on processor 0 while it lives.
class OneProcessor {
  public:
    OneProcessor();
    OneProcessor(const OneProcessor&) = delete;
    OneProcessor& operator=(const OneProcessor&) = delete;
    ~OneProcessor();

  private:
    std::vector<unsigned char> before_;
};

}  // namespace gpiofs::bench
