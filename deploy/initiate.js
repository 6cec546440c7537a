// Makes the one MongoDB server a replica set, which majority writes and retries need; run again, it changes nothing.
const password = require("fs").readFileSync("/run/secrets/mongodb-password", "utf8").trim();
db.getSiblingDB("admin").auth("sunday", password);
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongodb:27017" }] });
}
while (!db.hello().isWritablePrimary) sleep(200);
