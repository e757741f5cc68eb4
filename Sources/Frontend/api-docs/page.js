// Shows the OpenAPI document with Swagger UI, where that was fetched (script/swagger-ui).

/** The document, with the server first below which this page itself was asked for. */
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
        // Nobody else's service is asked to judge the document.
        validatorUrl: null,
    });
}

show();
