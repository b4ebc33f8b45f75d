// A blocking HTTP/1.1 client over a Unix socket: one kept connection, every byte under control.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

struct HttpAnswer {
  int status = 0;                              // 0: no answer (connection refused, cut, or late)
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = true;  // false: a chunked body was cut; `body` is what came
};

class HttpClient {
 public:
  explicit HttpClient(std::string socket_path, double deadline_s = 20)
      : path_(std::move(socket_path)), deadline_s_(deadline_s) {}
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;

  using Headers = std::vector<std::pair<std::string, std::string>>;
  HttpAnswer send(std::string_view method, std::string_view target, const Headers& headers = {},
                  std::string_view body = {});
  // With the bearer key; a JSON body where there is one.
  HttpAnswer get(const std::string& key, std::string_view target);
  HttpAnswer post(const std::string& key, std::string_view target, std::string_view body,
                  Headers more = {});
  // Exactly these bytes.
  HttpAnswer raw(std::string_view bytes);
  void disconnect();
  // Sends a request and reads nothing of its answer: the reader who stops reading.
  bool start_get(const std::string& key, std::string_view target);
  // The answer to what was sent last. Status 0: none came in time.
  HttpAnswer read_answer();

 private:
  bool connect();
  bool fill();
  bool take_line(std::string& line);
  bool read_chunks(std::string& body);

  std::string path_;
  double deadline_s_;
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace dundun
