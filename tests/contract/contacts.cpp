// The questions to handlers/contacts.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_contacts() {
  const HttpAnswer made =
      ask("POST /contact-lists", "",
          "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n"
          "name,phone,town\r\nAsha,+254712345678,Nairobi\r\nHome,0712345678,x\r\n\r\n--XyZ--\r\n",
          {{"Content-Type", "multipart/form-data; boundary=XyZ"}});
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string list = "/contact-lists/" + member(made, "id");
  ask("GET /contact-lists", "/contact-lists?tag=none");
  ask("GET /contact-lists");
  ask("GET /contact-lists/{id}", list);
  ask("GET /contact-lists/{id}/contacts", list + "/contacts");
  EXPECT_EQ(ask("DELETE /contact-lists/{id}", list).status, 204);
  EXPECT_EQ(ask("GET /contact-lists/{id}", list).status, 404);
}

}  // namespace openapi_test
}  // namespace dundun
