"""Pictures as a person has them, and ways to hand them to a page."""

import base64
import struct

from selenium.webdriver.common.keys import Keys

SHOWN = "#rows .photo[data-state='shown'] img"

# Asks for the photo as the client does, for its type or "none".
FETCH_PHOTO = """
    window.photo ??= performance.getEntriesByType("resource").find(
        ({ name }) => name.includes("/chat/photo/"))?.name;
    return fetch(window.photo, { cache: "force-cache", credentials: "omit" }).then(
        (answer) => answer.ok ? answer.headers.get("Content-Type") : "none", () => "none")"""

# Draws a picture with as many small details, and returns it as a base64 text.
DRAW = """
    const [width, height, kind, details, done] = arguments;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const sky = context.createLinearGradient(0, 0, width, height);
    sky.addColorStop(0, "#2f80c8");
    sky.addColorStop(1, "#f2a65a");
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    let seed = 1;
    const next = (max) => (seed = seed * 48271 % 2147483647) % max;
    for (let each = 0; each < details; each += 1) {
        context.fillStyle = `rgb(${next(256)} ${next(256)} ${next(256)})`;
        context.fillRect(next(width), next(height), 8, 8);
    }
    context.fillStyle = "#d33";
    context.fillRect(0, 0, width / 8, height / 8);
    done(canvas.toDataURL(kind).split(",")[1]);
"""

# Hands files to the page as a paste or a drop does.
HAND_OVER = """
    const [kind, selector, name, type, text, words] = arguments;
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type }));
    if (words) data.setData("text/plain", words);
    const options = { bubbles: true, cancelable: true };
    const node = document.querySelector(selector);
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { ...options, clipboardData: data })
        : new DragEvent(kind, { ...options, dataTransfer: data });
    return node.dispatchEvent(event);
"""

PLACE = b"Monas 6.1754 S 106.8272 E"


def draw(page, width, height, kind="image/jpeg", details=0):
    """The bytes of a picture with those sides. Details make it large, as a camera's are."""
    return base64.b64decode(page.driver.execute_async_script(DRAW, width, height, kind, details))


def with_place(jpeg, orientation=1):
    """The same picture with what a phone writes beside it: the position and the camera (EXIF)."""
    def entry(tag, kind, count, value):
        return struct.pack(">HHI4s", tag, kind, count, value)
    # Offsets count from the header of TIFF: two directories, then the texts that they point to.
    camera, header, first, second = b"Kamera Rahasia\0", 8, 2 + 3 * 12 + 4, 2 + 2 * 12 + 4
    gps = header + first
    texts = gps + second
    tiff = b"MM\0\x2a" + struct.pack(">I", header)
    tiff += struct.pack(">H", 3)
    tiff += entry(0x0110, 2, len(camera), struct.pack(">I", texts))
    tiff += entry(0x0112, 3, 1, struct.pack(">HH", orientation, 0))
    tiff += entry(0x8825, 4, 1, struct.pack(">I", gps)) + struct.pack(">I", 0)
    tiff += struct.pack(">H", 2)
    tiff += entry(0x0001, 2, 2, b"S\0\0\0")
    tiff += entry(0x001B, 7, len(PLACE), struct.pack(">I", texts + len(camera)))
    tiff += struct.pack(">I", 0) + camera + PLACE
    part = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part + jpeg[2:]


def size_of(jpeg):
    """The width and height of a JPEG."""
    at = 2
    while True:
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
            return width, height
        at += 2 + length


def hand_over(page, kind, picture, selector="#message", type="image/jpeg", words=""):
    """Returns whether the page has left it to the browser.

    @param kind: a paste, a dragover or a drop"""
    return page.run(
        HAND_OVER, kind, selector, "foto.jpg", type, base64.b64encode(picture).decode(), words)


def choose(page, folder, *pictures, place="#photo-file"):
    """Chooses files as the browser's own dialog does."""
    paths = []
    for number, picture in enumerate(pictures):
        path = folder / f"foto-{len(list(folder.glob('foto-*')))}-{number}.jpg"
        path.write_bytes(picture)
        paths.append(str(path))
    page.find(place).send_keys("\n".join(paths))


def ready(page, count=1):
    """Waits until the draft has that many photos, and none is still being opened."""
    page.see("#photos-state", f"{count} foto siap dikirim")


def two_at_chat(open_browser, people, box):
    """Both pages and both people: friends at their conversation, each in a browser."""
    sari, budi = people("sari", "budi")
    ours = open_browser(box).enter_chat(sari, budi)
    theirs = open_browser(box).enter_chat(budi, sari)
    return ours, theirs, sari, budi


def send(page, folder, *sides, details=0):
    """Sends a photo and returns the picture that was chosen."""
    picture = draw(page, *sides, details=details)
    choose(page, folder, picture)
    ready(page)
    page.press(Keys.ENTER)
    return picture


def stored(person, friend, message):
    """The bytes that the server answers for the photo of a message."""
    answer = person.api.get(
        f"/chat/photo/{message['photo']['id']}", myId=person.id, friendId=friend.id)
    assert answer.status_code == 200
    return answer.content
