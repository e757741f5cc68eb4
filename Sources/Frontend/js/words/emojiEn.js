/** The words of js/words/emojiId.js in English, after Unicode CLDR. */
export const emoji = [
    ["faces", `
😀 grinning face, 😃 grinning face with big eyes, 😄 grinning face with smiling eyes, 😁 beaming face
with smiling eyes, 😆 grinning squinting face, 😅 grinning face with sweat, 🤣 rolling on the floor
laughing, 😂 face with tears of joy, 🙂 slightly smiling face, 🙃 upside-down face, 😉 winking face, 😊
smiling face with smiling eyes, 😇 smiling face with halo, 🥰 smiling face with hearts, 😍 smiling
face with heart-eyes, 🤩 star-struck, 😘 face blowing a kiss, 😗 kissing face, ☺️ smiling face, 😚
kissing face with closed eyes, 😙 kissing face with smiling eyes, 😋 face savoring food, 😛 face with
tongue, 😜 winking face with tongue, 🤪 zany face, 😝 squinting face with tongue, 🤑 money-mouth face,
🤗 smiling face with open hands, 🤭 face with hand over mouth, 🤫 shushing face, 🤔 thinking face, 🤐
zipper-mouth face, 🤨 face with raised eyebrow, 😐 neutral face, 😑 expressionless face, 😶 face
without mouth, 😏 smirking face, 😒 unamused face, 🙄 face with rolling eyes, 😬 grimacing face, 🤥
lying face, 😌 relieved face, 😔 pensive face, 😪 sleepy face, 🤤 drooling face, 😴 sleeping face, 😷
face with medical mask, 🤒 face with thermometer, 🤕 face with head-bandage, 🤢 nauseated face, 🤮
face vomiting, 🤧 sneezing face, 🥵 hot face, 🥶 cold face, 🥴 woozy face, 😵 face with crossed-out
eyes, 🤯 exploding head, 🤠 cowboy hat face, 🥳 partying face, 😎 smiling face with sunglasses, 🤓 nerd
face, 🧐 face with monocle, 😕 confused face, 😟 worried face, 🙁 slightly frowning face, ☹️ frowning
face, 😮 face with open mouth, 😯 hushed face, 😲 astonished face, 😳 flushed face, 🥺 pleading face, 😦
frowning face with open mouth, 😧 anguished face, 😨 fearful face, 😰 anxious face with sweat, 😥 sad
but relieved face, 😢 crying face, 😭 loudly crying face, 😱 face screaming in fear, 😖 confounded
face, 😣 persevering face, 😞 disappointed face, 😓 downcast face with sweat, 😩 weary face, 😫 tired
face, 🥱 yawning face, 😤 face with steam from nose, 😡 enraged face, 😠 angry face, 🤬 face with
symbols on mouth, 😈 smiling face with horns, 👿 angry face with horns, 💀 skull, ☠️ skull and
crossbones, 💩 pile of poo, 🤡 clown face, 👹 ogre, 👺 goblin, 👻 ghost, 👽 alien, 👾 alien monster, 🤖
robot, 😺 grinning cat, 😸 grinning cat with smiling eyes, 😹 cat with tears of joy, 😻 smiling cat
with heart-eyes, 😼 cat with wry smile, 😽 kissing cat, 🙀 weary cat, 😿 crying cat, 😾 pouting cat, 🙈
see-no-evil monkey, 🙉 hear-no-evil monkey, 🙊 speak-no-evil monkey, 💌 love letter, 💘 heart with
arrow, 💝 heart with ribbon, 💖 sparkling heart, 💗 growing heart, 💓 beating heart, 💞 revolving
hearts, 💕 two hearts, 💟 heart decoration, ❣️ heart exclamation, 💔 broken heart, ❤️ red heart, 🧡
orange heart, 💛 yellow heart, 💚 green heart, 💙 blue heart, 💜 purple heart, 🤎 brown heart, 🖤 black
heart, 🤍 white heart, 💋 kiss mark, 💯 hundred points, 💢 anger symbol, 💥 collision, 💫 dizzy, 💦 sweat
droplets, 💨 dashing away, 🕳️ hole, 💬 speech balloon, 🗨️ left speech bubble, 🗯️ right anger bubble,
💭 thought balloon, 💤 zzz
`],
    ["people", `
👋 waving hand, 🤚 raised back of hand, 🖐️ hand with fingers splayed, ✋ raised hand, 🖖 vulcan
salute, 👌 ok hand, ✌️ victory hand, 🤞 crossed fingers, 🤟 love-you gesture, 🤘 sign of the horns, 🤙
call me hand, 👈 backhand index pointing left, 👉 backhand index pointing right, 👆 backhand index
pointing up, 🖕 middle finger, 👇 backhand index pointing down, ☝️ index pointing up, 👍 thumbs up, 👎
thumbs down, ✊ raised fist, 👊 oncoming fist, 🤛 left-facing fist, 🤜 right-facing fist, 👏 clapping
hands, 🙌 raising hands, 👐 open hands, 🤲 palms up together, 🤝 handshake, 🙏 folded hands, ✍️ writing
hand, 💅 nail polish, 🤳 selfie, 💪 flexed biceps, 👂 ear, 👃 nose, 🧠 brain, 👀 eyes, 👁️ eye, 👅 tongue,
👄 mouth, 👶 baby, 🧒 child, 👦 boy, 👧 girl, 🧑 person, 👱 person: blond hair, 👨 man, 🧔 person: beard, 👩
woman, 🧓 older person, 👴 old man, 👵 old woman, 🙍 person frowning, 🙎 person pouting, 🙅 person
gesturing no, 🙆 person gesturing ok, 💁 person tipping hand, 🙋 person raising hand, 🙇 person
bowing, 🤦 person facepalming, 🤷 person shrugging, 👮 police officer, 🕵️ detective, 💂 guard, 👷
construction worker, 🤴 prince, 👸 princess, 👳 person wearing turban, 👲 person with skullcap, 🧕
woman with headscarf, 🤵 person in tuxedo, 👰 person with veil, 🤰 pregnant woman, 🤱 breast-feeding,
💆 person getting massage, 💇 person getting haircut, 🚶 person walking, 🏃 person running, 💃 woman
dancing, 🕺 man dancing, 🕴️ person in suit levitating, 👯 people with bunny ears, 🧖 person in steamy
room, 🧗 person climbing, 🤺 person fencing, 🏇 horse racing, ⛷️ skier, 🏂 snowboarder, 🏌️ person
golfing, 🏄 person surfing, 🚣 person rowing boat, 🏊 person swimming, ⛹️ person bouncing ball, 🏋️
person lifting weights, 🚴 person biking, 🚵 person mountain biking, 🤸 person cartwheeling, 🤼 people
wrestling, 🤽 person playing water polo, 🤾 person playing handball, 🤹 person juggling, 🗣️ speaking
head, 👤 bust in silhouette, 👥 busts in silhouette, 👣 footprints
`],
    ["nature", `
🐵 monkey face, 🐒 monkey, 🦍 gorilla, 🐶 dog face, 🐕 dog, 🐩 poodle, 🐺 wolf, 🦊 fox, 🐱 cat face, 🐈 cat,
🦁 lion, 🐯 tiger face, 🐅 tiger, 🐆 leopard, 🐴 horse face, 🐎 horse, 🦄 unicorn, 🦓 zebra, 🦌 deer, 🐮 cow
face, 🐂 ox, 🐃 water buffalo, 🐄 cow, 🐷 pig face, 🐖 pig, 🐗 boar, 🐽 pig nose, 🐏 ram, 🐑 ewe, 🐐 goat, 🐪
camel, 🐫 two-hump camel, 🦒 giraffe, 🐘 elephant, 🦏 rhinoceros, 🐭 mouse face, 🐁 mouse, 🐀 rat, 🐹
hamster, 🐰 rabbit face, 🐇 rabbit, 🐿️ chipmunk, 🦔 hedgehog, 🦇 bat, 🐻 bear, 🐨 koala, 🐼 panda, 🐾 paw
prints, 🦃 turkey, 🐔 chicken, 🐓 rooster, 🐣 hatching chick, 🐤 baby chick, 🐥 front-facing baby chick,
🐦 bird, 🐧 penguin, 🕊️ dove, 🦅 eagle, 🦆 duck, 🦉 owl, 🐸 frog, 🐊 crocodile, 🐢 turtle, 🦎 lizard, 🐍
snake, 🐲 dragon face, 🐉 dragon, 🦕 sauropod, 🦖 t-rex, 🐳 spouting whale, 🐋 whale, 🐬 dolphin, 🐟 fish,
🐠 tropical fish, 🐡 blowfish, 🦈 shark, 🐙 octopus, 🐚 spiral shell, 🐌 snail, 🦋 butterfly, 🐛 bug, 🐜
ant, 🐝 honeybee, 🐞 lady beetle, 🦗 cricket, 🕷️ spider, 🕸️ spider web, 🦂 scorpion, 💐 bouquet, 🌸
cherry blossom, 💮 white flower, 🏵️ rosette, 🌹 rose, 🥀 wilted flower, 🌺 hibiscus, 🌻 sunflower, 🌼
blossom, 🌷 tulip, 🌱 seedling, 🌲 evergreen tree, 🌳 deciduous tree, 🌴 palm tree, 🌵 cactus, 🌾 sheaf
of rice, 🌿 herb, ☘️ shamrock, 🍀 four leaf clover, 🍁 maple leaf, 🍂 fallen leaf, 🍃 leaf fluttering
in wind, 🍄 mushroom
`],
    ["food", `
🍇 grapes, 🍈 melon, 🍉 watermelon, 🍊 tangerine, 🍋 lemon, 🍌 banana, 🍍 pineapple, 🥭 mango, 🍎 red
apple, 🍏 green apple, 🍐 pear, 🍑 peach, 🍒 cherries, 🍓 strawberry, 🥝 kiwi fruit, 🍅 tomato, 🥥
coconut, 🥑 avocado, 🍆 eggplant, 🥔 potato, 🥕 carrot, 🌽 ear of corn, 🌶️ hot pepper, 🥒 cucumber, 🥬
leafy green, 🥦 broccoli, 🧄 garlic, 🧅 onion, 🥜 peanuts, 🌰 chestnut, 🍞 bread, 🥐 croissant, 🥖
baguette bread, 🥨 pretzel, 🥯 bagel, 🥞 pancakes, 🧇 waffle, 🧀 cheese wedge, 🍖 meat on bone, 🍗
poultry leg, 🥩 cut of meat, 🥓 bacon, 🍔 hamburger, 🍟 french fries, 🍕 pizza, 🌭 hot dog, 🥪 sandwich,
🌮 taco, 🌯 burrito, 🥙 stuffed flatbread, 🧆 falafel, 🥚 egg, 🍳 cooking, 🥘 shallow pan of food, 🍲 pot
of food, 🥣 bowl with spoon, 🥗 green salad, 🍿 popcorn, 🧈 butter, 🧂 salt, 🥫 canned food, 🍱 bento
box, 🍘 rice cracker, 🍙 rice ball, 🍚 cooked rice, 🍛 curry rice, 🍜 steaming bowl, 🍝 spaghetti, 🍠
roasted sweet potato, 🍢 oden, 🍣 sushi, 🍤 fried shrimp, 🍥 fish cake with swirl, 🥮 moon cake, 🍡
dango, 🥟 dumpling, 🥠 fortune cookie, 🥡 takeout box, 🦀 crab, 🦞 lobster, 🦐 shrimp, 🦑 squid, 🦪
oyster, 🍦 soft ice cream, 🍧 shaved ice, 🍨 ice cream, 🍩 doughnut, 🍪 cookie, 🎂 birthday cake, 🍰
shortcake, 🧁 cupcake, 🥧 pie, 🍫 chocolate bar, 🍬 candy, 🍭 lollipop, 🍮 custard, 🍯 honey pot, 🍼 baby
bottle, 🥛 glass of milk, ☕ hot beverage, 🍵 teacup without handle, 🍶 sake, 🍾 bottle with popping
cork, 🍷 wine glass, 🍸 cocktail glass, 🍹 tropical drink, 🍺 beer mug, 🍻 clinking beer mugs, 🥂
clinking glasses, 🥃 tumbler glass, 🥤 cup with straw, 🧃 beverage box, 🧉 mate, 🧊 ice, 🥢 chopsticks,
🍽️ fork and knife with plate, 🍴 fork and knife, 🥄 spoon, 🔪 kitchen knife, 🏺 amphora
`],
    ["places", `
🏔️ snow-capped mountain, ⛰️ mountain, 🌋 volcano, 🗻 mount fuji, 🏕️ camping, 🏖️ beach with umbrella,
🏜️ desert, 🏝️ desert island, 🏞️ national park, 🏟️ stadium, 🏛️ classical building, 🏗️ building
construction, 🏘️ houses, 🏚️ derelict house, 🏠 house, 🏡 house with garden, 🏢 office building, 🏣
japanese post office, 🏤 post office, 🏥 hospital, 🏦 bank, 🏨 hotel, 🏩 love hotel, 🏪 convenience
store, 🏫 school, 🏬 department store, 🏭 factory, 🏯 japanese castle, 🏰 castle, 💒 wedding, 🗼 tokyo
tower, 🗽 statue of liberty, ⛲ fountain, ⛺ tent, 🌁 foggy, 🌃 night with stars, 🏙️ cityscape, 🌄
sunrise over mountains, 🌅 sunrise, 🌆 cityscape at dusk, 🌇 sunset, 🌉 bridge at night, ♨️ hot
springs, 🎠 carousel horse, 🎡 ferris wheel, 🎢 roller coaster, 💈 barber pole, 🎪 circus tent, 🚂
locomotive, 🚃 railway car, 🚄 high-speed train, 🚅 bullet train, 🚆 train, 🚇 metro, 🚈 light rail, 🚉
station, 🚊 tram, 🚝 monorail, 🚞 mountain railway, 🚋 tram car, 🚌 bus, 🚍 oncoming bus, 🚎 trolleybus,
🚐 minibus, 🚑 ambulance, 🚒 fire engine, 🚓 police car, 🚔 oncoming police car, 🚕 taxi, 🚖 oncoming
taxi, 🚗 automobile, 🚘 oncoming automobile, 🚙 sport utility vehicle, 🚚 delivery truck, 🚛
articulated lorry, 🚜 tractor, 🏎️ racing car, 🏍️ motorcycle, 🛵 motor scooter, 🚲 bicycle, 🛴 kick
scooter, 🚏 bus stop, 🛣️ motorway, 🛤️ railway track, 🛢️ oil drum, ⛽ fuel pump, 🚨 police car light,
🚥 horizontal traffic light, 🚦 vertical traffic light, 🛑 stop sign, 🚧 construction, ⚓ anchor, ⛵
sailboat, 🛶 canoe, 🚤 speedboat, 🛳️ passenger ship, ⛴️ ferry, 🛥️ motor boat, 🚢 ship, ✈️ airplane,
🛩️ small airplane, 🛫 airplane departure, 🛬 airplane arrival, 💺 seat, 🚁 helicopter, 🚟 suspension
railway, 🚠 mountain cableway, 🚡 aerial tramway, 🛰️ satellite, 🚀 rocket, 🛸 flying saucer, 🛎️
bellhop bell, ⌛ hourglass done, ⏳ hourglass not done, ⌚ watch, ⏰ alarm clock, ⏱️ stopwatch, ⏲️
timer clock, 🕰️ mantelpiece clock, 🌑 new moon, 🌒 waxing crescent moon, 🌓 first quarter moon, 🌔
waxing gibbous moon, 🌕 full moon, 🌖 waning gibbous moon, 🌗 last quarter moon, 🌘 waning crescent
moon, 🌙 crescent moon, 🌚 new moon face, 🌛 first quarter moon face, 🌜 last quarter moon face, 🌡️
thermometer, ☀️ sun, 🌝 full moon face, 🌞 sun with face, ⭐ star, 🌟 glowing star, 🌠 shooting star, 🌌
milky way, ☁️ cloud, ⛅ sun behind cloud, ⛈️ cloud with lightning and rain, 🌤️ sun behind small
cloud, 🌥️ sun behind large cloud, 🌦️ sun behind rain cloud, 🌧️ cloud with rain, 🌨️ cloud with
snow, 🌩️ cloud with lightning, 🌪️ tornado, 🌫️ fog, 🌬️ wind face, 🌀 cyclone, 🌈 rainbow, 🌂 closed
umbrella, ☂️ umbrella, ☔ umbrella with rain drops, ⛱️ umbrella on ground, ⚡ high voltage, ❄️
snowflake, ☃️ snowman, ⛄ snowman without snow, ☄️ comet, 🔥 fire, 💧 droplet, 🌊 water wave
`],
    ["activities", `
🎃 jack-o-lantern, 🎄 christmas tree, 🎆 fireworks, 🎇 sparkler, ✨ sparkles, 🎈 balloon, 🎉 party
popper, 🎊 confetti ball, 🎋 tanabata tree, 🎍 pine decoration, 🎎 japanese dolls, 🎏 carp streamer, 🎐
wind chime, 🎑 moon viewing ceremony, 🎀 ribbon, 🎁 wrapped gift, 🎗️ reminder ribbon, 🎟️ admission
tickets, 🎫 ticket, 🎖️ military medal, 🏆 trophy, 🏅 sports medal, 🥇 1st place medal, 🥈 2nd place
medal, 🥉 3rd place medal, ⚽ soccer ball, ⚾ baseball, 🏀 basketball, 🏐 volleyball, 🏈 american
football, 🏉 rugby football, 🎾 tennis, 🎳 bowling, 🏏 cricket game, 🏑 field hockey, 🏒 ice hockey, 🏓
ping pong, 🏸 badminton, 🥊 boxing glove, 🥋 martial arts uniform, 🥅 goal net, ⛳ flag in hole, ⛸️ ice
skate, 🎣 fishing pole, 🎽 running shirt, 🎿 skis, 🛷 sled, 🥌 curling stone, 🎯 bullseye, 🔫 water
pistol, 🎱 pool 8 ball, 🔮 crystal ball, 🎮 video game, 🕹️ joystick, 🎰 slot machine, 🎲 game die, ♠️
spade suit, ♥️ heart suit, ♦️ diamond suit, ♣️ club suit, 🃏 joker, 🀄 mahjong red dragon, 🎴 flower
playing cards, 🎭 performing arts, 🖼️ framed picture, 🎨 artist palette
`],
    ["objects", `
👓 glasses, 🕶️ sunglasses, 👔 necktie, 👕 t-shirt, 👖 jeans, 🧣 scarf, 🧤 gloves, 🧥 coat, 🧦 socks, 👗
dress, 👘 kimono, 👙 bikini, 👚 woman’s clothes, 👛 purse, 👜 handbag, 👝 clutch bag, 🛍️ shopping bags,
🎒 backpack, 👞 man’s shoe, 👟 running shoe, 👠 high-heeled shoe, 👡 woman’s sandal, 👢 woman’s boot, 👑
crown, 👒 woman’s hat, 🎩 top hat, 🎓 graduation cap, 🧢 billed cap, ⛑️ rescue worker’s helmet, 📿
prayer beads, 💄 lipstick, 💍 ring, 💎 gem stone, 🔇 muted speaker, 🔈 speaker low volume, 🔉 speaker
medium volume, 🔊 speaker high volume, 📢 loudspeaker, 📣 megaphone, 📯 postal horn, 🔔 bell, 🔕 bell
with slash, 🎼 musical score, 🎵 musical note, 🎶 musical notes, 🎙️ studio microphone, 🎚️ level
slider, 🎛️ control knobs, 🎤 microphone, 🎧 headphone, 📻 radio, 🎷 saxophone, 🎸 guitar, 🎹 musical
keyboard, 🎺 trumpet, 🎻 violin, 🥁 drum, 📱 mobile phone, 📲 mobile phone with arrow, ☎️ telephone, 📞
telephone receiver, 📟 pager, 📠 fax machine, 🔋 battery, 🔌 electric plug, 💻 laptop, 🖥️ desktop
computer, 🖨️ printer, ⌨️ keyboard, 🖱️ computer mouse, 🖲️ trackball, 💽 computer disk, 💾 floppy
disk, 💿 optical disk, 📀 dvd, 🎥 movie camera, 🎞️ film frames, 📽️ film projector, 🎬 clapper board, 📺
television, 📷 camera, 📸 camera with flash, 📹 video camera, 📼 videocassette, 🔍 magnifying glass
tilted left, 🔎 magnifying glass tilted right, 🕯️ candle, 💡 light bulb, 🔦 flashlight, 🏮 red paper
lantern, 📔 notebook with decorative cover, 📕 closed book, 📖 open book, 📗 green book, 📘 blue book,
📙 orange book, 📚 books, 📓 notebook, 📒 ledger, 📃 page with curl, 📜 scroll, 📄 page facing up, 📰
newspaper, 🗞️ rolled-up newspaper, 📑 bookmark tabs, 🔖 bookmark, 🏷️ label, 💰 money bag, 💴 yen
banknote, 💵 dollar banknote, 💶 euro banknote, 💷 pound banknote, 💸 money with wings, 💳 credit card,
💹 chart increasing with yen, ✉️ envelope, 📧 e-mail, 📨 incoming envelope, 📩 envelope with arrow, 📤
outbox tray, 📥 inbox tray, 📦 package, 📫 closed mailbox with raised flag, 📪 closed mailbox with
lowered flag, 📬 open mailbox with raised flag, 📭 open mailbox with lowered flag, 📮 postbox, 🗳️
ballot box with ballot, ✏️ pencil, ✒️ black nib, 🖋️ fountain pen, 🖊️ pen, 🖌️ paintbrush, 🖍️
crayon, 📝 memo, 🔨 hammer, ⛏️ pick, ⚒️ hammer and pick, 🛠️ hammer and wrench, 🗡️ dagger, ⚔️ crossed
swords, 💣 bomb, 🏹 bow and arrow, 🛡️ shield, 🔧 wrench, 🔩 nut and bolt, ⚙️ gear, 🗜️ clamp, ⚖️
balance scale, 🔗 link, ⛓️ chains, 💉 syringe, 💊 pill, 🚪 door, 🛏️ bed, 🛋️ couch and lamp, 🚽 toilet,
🚿 shower, 🛁 bathtub, 🛒 shopping cart
`],
    ["symbols", `
⚠️ warning, 🚸 children crossing, ⛔ no entry, 🚫 prohibited, 🚳 no bicycles, 🚭 no smoking, 🚯 no
littering, 🚱 non-potable water, 🚷 no pedestrians, 📵 no mobile phones, 🔞 no one under eighteen, ☢️
radioactive, ☣️ biohazard, 🛐 place of worship, ⚛️ atom symbol, 🕉️ om, ✡️ star of david, ☸️ wheel
of dharma, ☯️ yin yang, ✝️ latin cross, ☦️ orthodox cross, ☪️ star and crescent, ☮️ peace symbol,
🕎 menorah, 🔯 dotted six-pointed star, ✖️ multiply, ➕ plus, ➖ minus, ➗ divide, ‼️ double
exclamation mark, ⁉️ exclamation question mark, ❓ red question mark, ❔ white question mark, ❕
white exclamation mark, ❗ red exclamation mark, 〰️ wavy dash, 💱 currency exchange, 💲 heavy dollar
sign, ⚕️ medical symbol, ♻️ recycling symbol, ⚜️ fleur-de-lis, 🔱 trident emblem, 📛 name badge, 🔰
japanese symbol for beginner, ⭕ hollow red circle, ✅ check mark button, ☑️ check box with check,
✔️ check mark, ❌ cross mark, ❎ cross mark button, ➰ curly loop, ➿ double curly loop, 〽️ part
alternation mark, ✳️ eight-spoked asterisk, ✴️ eight-pointed star, ❇️ sparkle, ©️ copyright, ®️
registered, ™️ trade mark, 🇮🇩 flag indonesia
`],
];
