const distanceMin = 60; // pixels that a finger moves until it is a swipe
const clearness = 1.5; // how much further it moves in that direction than in the other

/** Calls `left`, `right` or `down` when one finger moves in that direction. Two fingers zoom. */
export function watchSwipes(node, signal, { left, right, down }) {
    let start = null;
    node.addEventListener("pointerdown", ({ clientX: x, clientY: y, isPrimary, pointerType }) => {
        start = isPrimary && pointerType === "touch" ? { x, y } : null;
    }, { signal });
    node.addEventListener("pointercancel", () => { start = null; }, { signal });
    node.addEventListener("pointerup", ({ clientX, clientY, isPrimary }) => {
        if (!start || !isPrimary || visualViewport?.scale > 1) return;
        const x = clientX - start.x;
        const y = clientY - start.y;
        start = null;
        const isLevel = Math.abs(x) > Math.abs(y) * clearness;
        if (isLevel && Math.abs(x) >= distanceMin) (x < 0 ? left : right)();
        else if (y >= distanceMin && y > Math.abs(x) * clearness) down();
    }, { signal });
}
