// The SMSC simulator as a program, for `make run CARRIER=kannel` and the benchmarks: tells on
// stdout what it takes, or with `quiet` once a second how many messages and bytes. Usage:
// smsc-simulator PORT [quiet]
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/support/smsc_simulator.h"

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const bool quiet = count > 2;
  dundun::SmscSimulator simulator({}, std::atoi(arguments[1]));
  std::printf("listening on 127.0.0.1:%d\n", simulator.port());
  std::fflush(stdout);
  size_t shown = 0;
  while (true) {
    if (quiet) {
      std::printf("%zu\n", simulator.taken_count());
      std::fflush(stdout);
      sleep(1);
      continue;
    }
    if (simulator.taken_count() > shown) {
      const auto taken = simulator.taken();
      for (; shown < taken.size(); ++shown) {
        const dundun::ReceivedPart part = dundun::part_of(taken[shown].message);
        std::printf("%s from %s part %d/%d (coding %d): %s\n", taken[shown].id.c_str(),
                    taken[shown].message.source.c_str(), part.part, part.parts,
                    taken[shown].message.data_coding, part.text.c_str());
      }
    }
    std::fflush(stdout);
    usleep(100'000);
  }
}
