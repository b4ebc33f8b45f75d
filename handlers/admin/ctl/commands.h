// What dundunctl can do: each command is one endpoint of the admin binary, run in this process.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "handlers/admin/endpoints.h"

namespace dundun {

struct Command {
  const char* words;      // "account credit"
  const char* arguments;  // of the path's {…}, in order: "ACCOUNT"
  Method method;
  const char* path;
  // Options that go into the body, or the query of a GET: "name currency". "x=y" is always given,
  // "x!" is true by its name alone.
  const char* fields;
  const char* help;
  bool takes_csv = false;  // the argument is a file, the body; options go into the query
  // --file FILE: a JSON document that becomes this member of the body.
  const char* json_member = nullptr;
};

std::span<const Command> commands();

// One call, ready to run.
struct Call {
  const Command* command;
  const Endpoint* endpoint;
  Request request;
};

// From the words of a command line. kInvalidRequest says what is wrong with them. `password` is
// what came on standard input for --password-stdin.
Result<Call> parse_command(std::span<const std::string> words);

std::string usage();

}  // namespace dundun
