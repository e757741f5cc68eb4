// Shows the OpenAPI document with Swagger UI, where that was fetched (script/swagger-ui).

/** Returns the document. The first server in it is the one that this page came from. */
async function readDocument() {
    const answer = await fetch("../api-docs.json");
    const description = await answer.json();
    const prefix = location.pathname.startsWith("/api/") ? "/api" : "/";
    description.servers.sort((one, other) =>
        Number(other.url === prefix) - Number(one.url === prefix));
    return description;
}

async function show() {
    const { SwaggerUIBundle } = window;
    if (!SwaggerUIBundle) {
        document.getElementById("without").hidden = false;
        return;
    }
    SwaggerUIBundle({
        spec: await readDocument(),
        dom_id: "#page",
        deepLinking: true,
        // Swagger UI would otherwise send the document's address to a validator on the internet.
        validatorUrl: null,
    });
}

show();
