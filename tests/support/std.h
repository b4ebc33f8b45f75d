// As common/base/std.h, for the tests.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "common/base/std.h"
