/** A dialog that a button opens, and that its close button, Escape or a click beside it closes. */
export function openable(dialog, signal, opened = () => {}) {
    dialog.querySelector(".close").addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("pointerdown", (event) => {
        if (event.target === dialog && !isInside(dialog, event)) dialog.close();
    }, { signal });
    return () => {
        if (dialog.open) return;
        opened();
        dialog.showModal();
    };
}

function isInside(dialog, { clientX, clientY }) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
