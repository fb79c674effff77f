// A real provider of single sign-on (npm oidc-provider) in a process of its own, whose clock can be another one. It says on
// standard output where it listens, and signs in whoever writes the name of one of its people.

import { createServer } from "node:http";

const { port = 0, clock = 0, keys, people, ends = 3600 } = JSON.parse(process.argv[2]);

// Before the library reads the time.
if (clock !== 0) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + clock);
      else super(...given);
    }

    static now() {
      return Real.now() + clock;
    }
  };
}

const { Provider } = await import("oidc-provider");

const server = createServer();
server.listen(port, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(origin, {
  clients: [{ client_id: "debrief", client_secret: "gulls over the pier", redirect_uris: [`${origin}/unused`] }],
  jwks: { keys },
  cookies: { keys: ["for a test"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  ttl: { IdToken: ends, AccessToken: 600, Grant: 600, Interaction: 600, Session: 600 },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  // Nobody is asked whether Debrief may know who they are.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  },
});
// Each visitor of a story reaches Debrief under an address of their own.
const CALLBACK = /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/[a-z]+\/callback$/;
provider.Client.prototype.redirectUriAllowed = (address) => CALLBACK.test(address);

const PAGE = `<!doctype html><html lang="en"><head><title>Harbour ID</title><link rel="icon" href="data:,"></head>
<body><h1>Harbour ID</h1><form method="post"><label>Who are you? <input name="who"></label><button>Let me in</button>
<button name="no" value="1">Not now</button></form></body></html>`;

async function interact(request, response) {
  if (request.method === "GET") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  let body = "";
  for await (const piece of request) body += piece;
  const form = new URLSearchParams(body);
  const result = form.has("no")
    ? { error: "access_denied", error_description: "The person went away" }
    : { login: { accountId: form.get("who") } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
console.log(origin);
