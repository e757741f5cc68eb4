/** Sends a body as `fetch` does, and tells how much of it has gone, which `fetch` cannot. Resolves with
 *  the answer's text, its status and the headers that a Fault needs. Rejects where no answer arrives.
 *
 *  @param onProgress called with the number of bytes that have gone */
export function upload(address, { method, headers, body, signal, onProgress }) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const stop = () => {
            request.abort();
            reject(new Error("given up"));
        };
        request.open(method, address);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
        request.addEventListener("load", () => resolve(answerOf(request)));
        request.addEventListener("loadend", () => {
            signal.removeEventListener("abort", stop);
            reject(new Error("no answer")); // ignored after an answer
        });
        signal.addEventListener("abort", stop);
        request.send(body);
    });
}

function answerOf(request) {
    const headers = {};
    for (const name of ["Retry-After", "X-Request-ID"]) {
        const value = request.getResponseHeader(name);
        if (value) headers[name] = value;
    }
    return new Response(request.responseText || null, { status: request.status, headers });
}
