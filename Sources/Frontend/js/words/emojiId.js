/** Emoji and their words in Indonesian, after Unicode CLDR. `[group, "emoji words, emoji words, …"]`. */
export const emoji = [
    ["faces", `
😀 wajah gembira, 😃 wajah tersenyum lebar, 😄 wajah tersenyum lebar dan mata tertutup, 😁 wajah
gembira dengan mata bahagia, 😆 wajah tersenyum lebar dan memejamkan mata, 😅 wajah tersenyum lebar
dan berkeringat, 🤣 tertawa terbahak-bahak, 😂 wajah gembira berurai air mata, 🙂 wajah agak
tersenyum, 🙃 wajah terbalik, 😉 wajah berkedip, 😊 wajah tersenyum dengan mata bahagia, 😇 wajah
malaikat, 🥰 wajah tersenyum dengan 3 hati, 😍 wajah tersenyum lebar bermata hati, 🤩 wajah dengan
mata berbentuk bintang, 😘 wajah memberikan ciuman jauh, 😗 wajah memberikan ciuman, ☺️ wajah
tersenyum, 😚 wajah memberikan ciuman dengan mata tertutup, 😙 wajah memberikan ciuman dengan mata
bahagia, 😋 wajah menikmati, 😛 wajah menjulurkan lidah, 😜 wajah menjulurkan lidah dan mengedipkan
mata, 🤪 wajah konyol, 😝 wajah menjulurkan lidah dan memejamkan mata, 🤑 wajah materialistis, 🤗
wajah memeluk, 🤭 wajah dengan tangan menutup mulut, 🤫 wajah menyuruh diam, 🤔 wajah berpikir, 🤐
wajah dengan mulut tertutup rapat, 🤨 wajah dengan alis terangkat, 😐 wajah netral, 😑 wajah tanpa
ekspresi, 😶 wajah tanpa mulut, 😏 wajah tersenyum sombong, 😒 wajah bosan, 🙄 wajah dengan mata ke
atas, 😬 wajah menyeringai, 🤥 bohong, 😌 wajah lega, 😔 wajah merenung, 😪 wajah mengantuk, 🤤 ngiler,
😴 wajah tidur, 😷 wajah bermasker, 🤒 wajah bertermometer, 🤕 wajah diperban di kepala, 🤢 mual, 🤮
wajah muntah, 🤧 bersin, 🥵 wajah kepanasan, 🥶 wajah kedinginan, 🥴 wajah pusing karena mabuk, 😵
wajah pusing, 🤯 kepala meledak, 🤠 wajah koboi, 🥳 wajah pesta, 😎 wajah berkacamata hitam, 🤓 wajah
kutu buku, 🧐 wajah dengan monokel, 😕 wajah bingung, 😟 wajah cemas, 🙁 wajah agak cemberut, ☹️ wajah
cemberut, 😮 wajah dengan mulut terbuka, 😯 wajah hening, 😲 wajah terpukau, 😳 wajah tersipu, 🥺 wajah
memelas, 😦 wajah mengerutkan kening dengan mulut terbuka, 😧 wajah menderita, 😨 wajah ketakutan, 😰
wajah ketakutan berkeringat, 😥 wajah kecewa namun lega, 😢 wajah menangis, 😭 wajah menangis keras,
😱 wajah sangat ketakutan, 😖 wajah stres, 😣 wajah tidak setuju, 😞 wajah kecewa, 😓 wajah
berkeringat, 😩 wajah terlalu lelah, 😫 wajah kelelahan, 🥱 wajah menguap, 😤 wajah
bersungguh-sungguh, 😡 wajah sangat marah, 😠 wajah marah, 🤬 wajah dengan simbol pada mulut, 😈 wajah
tersenyum bertanduk, 👿 wajah marah dengan tanduk, 💀 tengkorak, ☠️ tengkorak dan tulang, 💩 kotoran,
🤡 badut, 👹 wajah monster, 👺 topeng hidung panjang, 👻 hantu, 👽 alien, 👾 monster alien, 🤖 robot, 😺
wajah kucing tersenyum lebar, 😸 wajah kucing gembira dengan mata bahagia, 😹 wajah kucing gembira
berurai air mata, 😻 wajah kucing gembira bermata hati, 😼 wajah kucing tersenyum sombong, 😽 wajah
kucing memberikan ciuman dengan mata tertutup, 🙀 wajah kucing ketakutan, 😿 wajah kucing menangis,
😾 wajah kucing marah, 🙈 tidak melihat, 🙉 tidak mendengar, 🙊 tidak bicara, 💌 surat cinta, 💘 hati
terpanah, 💝 hati berpita, 💖 hati bersinar, 💗 hati membesar, 💓 hati berdetak, 💞 hati berputar, 💕
dua hati, 💟 dekorasi hati, ❣️ tanda seru berbentuk hati, 💔 patah hati, ❤️ hati merah, 🧡 hati
oranye, 💛 hati kuning, 💚 hati hijau, 💙 hati biru, 💜 hati ungu, 🤎 hati cokelat, 🖤 hati hitam, 🤍
hati putih, 💋 tanda ciuman, 💯 nilai seratus, 💢 marah, 💥 tabrakan, 💫 pusing, 💦 keringat, 💨 berlari,
🕳️ lubang, 💬 balon ucapan, 🗨️ gelembung ucapan kiri, 🗯️ gelembung marah kanan, 💭 gelembung
pikiran, 💤 zzz
`],
    ["people", `
👋 tangan melambai, 🤚 angkat tangan, 🖐️ telapak tangan terbuka, ✋ telapak tangan terbuka dengan
jari rapat, 🖖 salam vulcan, 👌 oke, ✌️ isyarat kemenangan, 🤞 jari menyilang, 🤟 gerakan sayang kamu,
🤘 lambang tanduk, 🤙 panggil saya, 👈 menunjuk ke arah kiri, 👉 menunjuk ke arah kanan, 👆 menunjuk ke
atas (dibalik), 🖕 jari tengah, 👇 menunjuk ke bawah, ☝️ menunjuk ke atas, 👍 jempol ke atas, 👎
jempol ke bawah, ✊ tangan terkepal ke atas, 👊 tangan terkepal ke depan, 🤛 tinju kiri, 🤜 tinju
kanan, 👏 tepuk tangan, 🙌 mengangkat tangan, 👐 tangan terbuka, 🤲 tangan diangkat dan dirapatkan
bersama, 🤝 jabat tangan, 🙏 melipat tangan, ✍️ tangan menulis, 💅 poles kuku, 🤳 selfie, 💪 lengan
berotot, 👂 telinga, 👃 hidung, 🧠 otak, 👀 dua mata, 👁️ satu mata, 👅 lidah, 👄 mulut, 👶 bayi, 🧒 anak,
👦 anak laki-laki, 👧 anak perempuan, 🧑 dewasa, 👱 orang rambut pirang, 👨 pria, 🧔 orang janggut, 👩
wanita, 🧓 lanjut usia, 👴 pria tua, 👵 wanita tua, 🙍 orang marah, 🙎 orang tidak senang, 🙅 orang
mengisyaratkan tidak, 🙆 orang mengisyaratkan oke, 💁 orang menengadahkan tangan, 🙋 orang mengangkat
tangan, 🙇 orang membungkuk, 🤦 orang tepuk jidat, 🤷 orang mengangkat bahu, 👮 polisi, 🕵️ detektif, 💂
penjaga, 👷 pekerja konstruksi, 🤴 pangeran, 👸 putri, 👳 orang mengenakan serban, 👲 orang dengan topi
tionghoa, 🧕 wanita dengan kerudung, 🤵 orang bertuksedo, 👰 orang berpenutup kepala, 🤰 wanita hamil,
🤱 menyusui, 💆 pria dipijat, 💇 orang potong rambut, 🚶 orang berjalan kaki, 🏃 orang berlari, 💃
wanita menari, 🕺 pria menari, 🕴️ pria melayang mengenakan jas, 👯 orang dengan telinga kelinci, 🧖
orang di ruangan beruap, 🧗 orang memanjat, 🤺 orang berolahraga anggar, 🏇 balap kuda, ⛷️ pemain
ski, 🏂 peselancar salju, 🏌️ orang bermain golf, 🏄 orang berselancar, 🚣 orang mendayung perahu, 🏊
orang berenang, ⛹️ orang memantulkan bola, 🏋️ orang mengangkat beban, 🚴 orang bersepeda, 🚵 orang
bersepeda gunung, 🤸 orang melakukan gerakan meroda, 🤼 orang bergulat, 🤽 orang bermain polo air, 🤾
orang bermain bola tangan, 🤹 orang melempar, 🗣️ kepala berbicara, 👤 siluet foto setengah badan, 👥
beberapa siluet foto setengah badan, 👣 jejak kaki
`],
    ["nature", `
🐵 wajah monyet, 🐒 monyet, 🦍 gorila, 🐶 wajah anjing, 🐕 anjing, 🐩 pudel, 🐺 serigala, 🦊 rubah, 🐱
wajah kucing, 🐈 kucing, 🦁 singa, 🐯 wajah harimau, 🐅 harimau, 🐆 macan tutul, 🐴 wajah kuda, 🐎 kuda,
🦄 unicorn, 🦓 zebra, 🦌 rusa, 🐮 wajah sapi, 🐂 lembu, 🐃 kerbau, 🐄 sapi, 🐷 wajah babi, 🐖 babi, 🐗 babi
hutan, 🐽 hidung babi, 🐏 domba jantan, 🐑 domba betina, 🐐 kambing, 🐪 unta, 🐫 unta berpunuk dua, 🦒
jerapah, 🐘 gajah, 🦏 badak, 🐭 wajah tikus, 🐁 tikus putih, 🐀 tikus, 🐹 hamster, 🐰 wajah kelinci, 🐇
kelinci, 🐿️ tupai, 🦔 landak, 🦇 kelelawar, 🐻 beruang, 🐨 koala, 🐼 panda, 🐾 jejak kaki hewan, 🦃
kalkun, 🐔 ayam, 🐓 ayam jago, 🐣 itik menetas, 🐤 itik bayi, 🐥 itik bayi menghadap ke depan, 🐦
burung, 🐧 pinguin, 🕊️ merpati, 🦅 elang, 🦆 bebek, 🦉 burung hantu, 🐸 katak, 🐊 buaya, 🐢 kura-kura, 🦎
kadal, 🐍 ular, 🐲 wajah naga, 🐉 naga, 🦕 sauropod, 🦖 t-rex, 🐳 ikan paus menyembur, 🐋 ikan paus, 🐬
lumba-lumba, 🐟 ikan, 🐠 ikan tropis, 🐡 ikan gembung, 🦈 hiu, 🐙 gurita, 🐚 cangkang spiral, 🐌 siput, 🦋
kupu-kupu, 🐛 serangga kecil, 🐜 semut, 🐝 lebah madu, 🐞 kumbang betina, 🦗 jangkrik, 🕷️ laba-laba, 🕸️
jaring laba-laba, 🦂 kalajengking, 💐 karangan bunga, 🌸 sakura, 💮 bunga putih, 🏵️ hiasan mawar, 🌹
mawar, 🥀 bunga layu, 🌺 kembang sepatu, 🌻 bunga matahari, 🌼 mekar, 🌷 tulip, 🌱 semai, 🌲 pohon hijau
abadi, 🌳 pohon meranggas, 🌴 pohon palem, 🌵 kaktus, 🌾 seikat padi, 🌿 herba, ☘️ shamrock, 🍀 empat
daun semanggi, 🍁 daun maple, 🍂 daun berguguran, 🍃 daun tertiup angin, 🍄 jamur
`],
    ["food", `
🍇 anggur, 🍈 melon, 🍉 semangka, 🍊 buah jeruk, 🍋 lemon, 🍌 pisang, 🍍 nanas, 🥭 mangga, 🍎 apel merah, 🍏
apel hijau, 🍐 pir, 🍑 persik, 🍒 ceri, 🍓 stroberi, 🥝 buah kiwi, 🍅 tomat, 🥥 kelapa, 🥑 alpukat, 🍆
terung, 🥔 kentang, 🥕 wortel, 🌽 bonggol jagung, 🌶️ cabai pedas, 🥒 ketimun, 🥬 selada hijau, 🥦
brokoli, 🧄 bawang putih, 🧅 bawang bombay, 🥜 kacang tanah, 🌰 kastanye, 🍞 roti, 🥐 croissant, 🥖 roti
baguette, 🥨 pretzel, 🥯 bagel, 🥞 panekuk, 🧇 wafel, 🧀 irisan keju, 🍖 daging pada tulang, 🍗 kaki
ayam, 🥩 potongan daging, 🥓 babi asap, 🍔 hamburger, 🍟 kentang goreng, 🍕 pizza, 🌭 hot dog, 🥪 roti
lapis, 🌮 taco, 🌯 burrito, 🥙 roti tawar isi, 🧆 falafel, 🥚 telur, 🍳 memasak, 🥘 wajan dangkal, 🍲
panci makanan, 🥣 mangkuk dengan sendok, 🥗 salad hijau, 🍿 popcorn, 🧈 mentega, 🧂 garam, 🥫 makanan
kaleng, 🍱 kotak bento, 🍘 kerupuk beras, 🍙 nasi kepal, 🍚 nasi matang, 🍛 nasi kari, 🍜 mangkuk
mengepul, 🍝 spageti, 🍠 ubi panggang, 🍢 oden, 🍣 sushi, 🍤 udang goreng, 🍥 kue ikan dengan desain
pusaran, 🥮 kue bulan, 🍡 dango, 🥟 dumpling, 🥠 kue keberuntungan, 🥡 kotak makanan, 🦀 kepiting, 🦞
lobster, 🦐 udang, 🦑 cumi-cumi, 🦪 tiram, 🍦 es krim lembut, 🍧 es serut, 🍨 es krim, 🍩 donat, 🍪
biskuit, 🎂 kue ulang tahun, 🍰 kue, 🧁 kue mangkuk, 🥧 pai, 🍫 sebatang cokelat, 🍬 permen, 🍭 permen
lolipop, 🍮 puding susu, 🍯 toples madu, 🍼 botol bayi, 🥛 gelas susu, ☕ minuman hangat, 🍵 cangkir teh
tanpa gagang, 🍶 sake, 🍾 botol dengan penyumbat terlepas, 🍷 gelas anggur, 🍸 gelas cocktail, 🍹
minuman tropis, 🍺 mug bir, 🍻 mug bir berdenting, 🥂 mendentingkan gelas, 🥃 gelas tumbler, 🥤 cangkir
dengan sedotan, 🧃 kotak minuman, 🧉 teh mate, 🧊 es batu, 🥢 sumpit, 🍽️ garpu dan pisau dengan
piring, 🍴 garpu dan pisau, 🥄 sendok, 🔪 pisau dapur, 🏺 amphora
`],
    ["places", `
🏔️ gunung dengan puncak bersalju, ⛰️ gunung, 🌋 gunung berapi, 🗻 gunung fuji, 🏕️ berkemah, 🏖️
pantai dan payung, 🏜️ gurun, 🏝️ pulau terpencil, 🏞️ taman nasional, 🏟️ stadion, 🏛️ bangunan
klasik, 🏗️ konstruksi bangunan, 🏘️ perumahan, 🏚️ rumah terlantar, 🏠 rumah, 🏡 rumah dengan taman, 🏢
gedung perkantoran, 🏣 kantor pos jepang, 🏤 kantor pos, 🏥 rumah sakit, 🏦 bank, 🏨 hotel, 🏩 hotel
cinta, 🏪 minimarket, 🏫 sekolah, 🏬 toserba, 🏭 pabrik, 🏯 kastel jepang, 🏰 kastel, 💒 pernikahan, 🗼
menara tokyo, 🗽 patung liberty, ⛲ air mancur, ⛺ tenda, 🌁 berkabut, 🌃 malam berbintang, 🏙️ panorama
kota, 🌄 matahari terbit di antara gunung, 🌅 matahari terbit, 🌆 panorama kota di sore hari, 🌇
matahari terbenam, 🌉 jembatan di malam hari, ♨️ sumber air panas, 🎠 komidi putar, 🎡 kincir ria, 🎢
roller coaster, 💈 tanda salon, 🎪 tenda sirkus, 🚂 lokomotif, 🚃 gerbong, 🚄 kereta ekspres, 🚅 kereta
ekspres peluru, 🚆 kereta, 🚇 kereta bawah tanah, 🚈 light rail, 🚉 stasiun, 🚊 trem, 🚝 monorel, 🚞
jalur kereta pegunungan, 🚋 gerbong trem, 🚌 bus, 🚍 bus datang, 🚎 bus listrik, 🚐 minibus, 🚑
ambulans, 🚒 mobil pemadam kebakaran, 🚓 mobil polisi, 🚔 mobil polisi datang, 🚕 taksi, 🚖 taksi
datang, 🚗 mobil, 🚘 mobil datang, 🚙 kendaraan rekreasi, 🚚 truk pengiriman, 🚛 lori gandeng, 🚜
traktor, 🏎️ mobil balap, 🏍️ sepeda motor, 🛵 motor skuter, 🚲 sepeda, 🛴 otoped, 🚏 halte bus, 🛣️
jalan raya, 🛤️ rel kereta, 🛢️ drum minyak, ⛽ pompa bahan bakar, 🚨 lampu mobil polisi, 🚥 lampu lalu
lintas horizontal, 🚦 lampu lalu lintas vertikal, 🛑 rambu stop, 🚧 konstruksi, ⚓ jangkar, ⛵ perahu
layar, 🛶 kano, 🚤 perahu cepat, 🛳️ kapal penumpang, ⛴️ kapal feri, 🛥️ perahu bermotor, 🚢 kapal, ✈️
pesawat, 🛩️ pesawat kecil, 🛫 pesawat lepas landas, 🛬 pesawat mendarat, 💺 kursi, 🚁 helikopter, 🚟
kereta suspensi, 🚠 kereta gantung, 🚡 trem gantung, 🛰️ satelit, 🚀 roket, 🛸 piring terbang, 🛎️ bel
meja, ⌛ jam pasir, ⏳ jam pasir yang bergerak, ⌚ jam tangan, ⏰ jam weker, ⏱️ stopwatch, ⏲️
penghitung waktu, 🕰️ jam perapian, 🌑 bulan baru, 🌒 bulan sabit awal, 🌓 bulan perbani awal, 🌔 bulan
cembung awal, 🌕 bulan purnama, 🌖 bulan cembung akhir, 🌗 bulan perbani akhir, 🌘 bulan sabit akhir,
🌙 bulan sabit, 🌚 wajah bulan baru, 🌛 wajah bulan perbani awal, 🌜 wajah bulan perbani akhir, 🌡️
termometer, ☀️ matahari, 🌝 wajah bulan purnama, 🌞 wajah matahari, ⭐ bintang medium putih, 🌟
bintang bersinar, 🌠 bintang jatuh, 🌌 bima sakti, ☁️ awan, ⛅ matahari di balik awan, ⛈️ awan dengan
petir dan hujan, 🌤️ matahari di balik awan kecil, 🌥️ matahari di balik awan besar, 🌦️ matahari di
balik awan hujan, 🌧️ awan hujan, 🌨️ awan salju, 🌩️ awan petir, 🌪️ tornado, 🌫️ kabut, 🌬️ wajah
tertiup angin, 🌀 topan, 🌈 pelangi, 🌂 payung tertutup, ☂️ payung, ☔ payung dengan tetesan hujan, ⛱️
payung di tanah, ⚡ tegangan tinggi, ❄️ serpihan salju, ☃️ boneka salju dengan hujan salju, ⛄
boneka salju tanpa salju, ☄️ komet, 🔥 api, 💧 tetesan air, 🌊 ombak
`],
    ["activities", `
🎃 jack-o-lantern, 🎄 pohon natal, 🎆 kembang api, 🎇 kembang api batang, ✨ berkilau, 🎈 balon, 🎉 party
popper, 🎊 bola konfeti, 🎋 pohon tanabata, 🎍 dekorasi pinus, 🎎 boneka jepang, 🎏 bendera ikan koi, 🎐
lonceng angin, 🎑 perayaan bulan, 🎀 pita, 🎁 kado, 🎗️ pita pengingat, 🎟️ tiket masuk, 🎫 tiket, 🎖️
medali militer, 🏆 piala, 🏅 medali olahraga, 🥇 medali emas, 🥈 medali perak, 🥉 medali perunggu, ⚽
bola sepak, ⚾ bisbol, 🏀 bola basket, 🏐 bola voli, 🏈 american football, 🏉 sepak bola rugbi, 🎾
tenis, 🎳 bowling, 🏏 kriket, 🏑 hoki lapangan, 🏒 hoki es, 🏓 ping pong, 🏸 bulu tangkis, 🥊 sarung
tinju, 🥋 seragam beladiri, 🥅 gawang, ⛳ bendera di lubang golf, ⛸️ seluncur es, 🎣 tongkat pancing,
🎽 kaos lari, 🎿 ski, 🛷 kereta luncur, 🥌 batu curling, 🎯 dart, 🔫 pistol air, 🎱 biliar 8 bola, 🔮 bola
kristal, 🎮 video game, 🕹️ joystick, 🎰 mesin slot, 🎲 dadu, ♠️ waru, ♥️ hati, ♦️ wajik, ♣️ keriting,
🃏 joker, 🀄 naga merah mahyong, 🎴 kartu bunga, 🎭 seni drama, 🖼️ bingkai bergambar, 🎨 palet pelukis
`],
    ["objects", `
👓 kacamata, 🕶️ kacamata hitam, 👔 dasi, 👕 kaos, 👖 celana jeans, 🧣 syal, 🧤 sarung tangan, 🧥 mantel,
🧦 kaus kaki, 👗 gaun, 👘 kimono, 👙 bikini, 👚 pakaian wanita, 👛 dompet, 👜 tas jinjing, 👝 kantung, 🛍️
tas belanja, 🎒 tas sekolah, 👞 sepatu pria, 👟 sepatu lari, 👠 sepatu hak tinggi, 👡 sandal wanita, 👢
sepatu bot wanita, 👑 mahkota, 👒 topi wanita, 🎩 topi tinggi, 🎓 topi wisuda, 🧢 topi berlidah, ⛑️
helm dengan palang putih, 📿 tasbih, 💄 lipstik, 💍 cincin, 💎 batu permata, 🔇 speaker mati, 🔈 volume
speaker rendah, 🔉 volume speaker medium, 🔊 volume speaker tinggi, 📢 pengeras suara, 📣 megafon, 📯
trompet pos, 🔔 lonceng, 🔕 lonceng dicoret, 🎼 naskah musik, 🎵 not musik, 🎶 not-not musik, 🎙️
mikrofon studio, 🎚️ penggeser tingkat, 🎛️ kenop kontrol, 🎤 mikrofon, 🎧 headphone, 📻 radio, 🎷
saksofon, 🎸 gitar, 🎹 keyboard musik, 🎺 trompet, 🎻 biola, 🥁 drum, 📱 ponsel, 📲 telepon masuk, ☎️
telepon, 📞 gagang telepon, 📟 pager, 📠 mesin faks, 🔋 baterai, 🔌 steker, 💻 komputer laptop, 🖥️
komputer desktop, 🖨️ printer, ⌨️ keyboard, 🖱️ mouse komputer, 🖲️ trackball, 💽 disk komputer, 💾
disket, 💿 disk optik, 📀 dvd, 🎥 kamera film, 🎞️ frame film, 📽️ proyektor film, 🎬 papan sutradara, 📺
televisi, 📷 kamera, 📸 kamera dengan flash, 📹 kamera video, 📼 kaset video, 🔍 kaca pembesar arah
kiri, 🔎 kaca pembesar arah kanan, 🕯️ lilin, 💡 bohlam, 🔦 lampu senter, 🏮 lampion merah, 📔 buku
catatan bersampul, 📕 buku tertutup, 📖 buku terbuka, 📗 buku hijau, 📘 buku biru, 📙 buku oranye, 📚
buku, 📓 buku catatan, 📒 buku besar, 📃 halaman tergulung, 📜 gulungan, 📄 halaman tampak depan, 📰
koran, 🗞️ gulungan koran, 📑 penanda halaman buku, 🔖 pembatas buku, 🏷️ label, 💰 kantung uang, 💴
uang kertas yen, 💵 uang kertas dolar, 💶 uang kertas euro, 💷 uang kertas pound, 💸 uang bersayap, 💳
kartu kredit, 💹 bagan meningkat dengan yen, ✉️ amplop, 📧 email, 📨 amplop datang, 📩 amplop dengan
panah, 📤 baki kotak keluar, 📥 baki kotak masuk, 📦 paket, 📫 kotak surat tertutup dengan bendera
terangkat, 📪 kotak surat tertutup dengan bendera turun, 📬 kotak surat terbuka dengan bendera
terangkat, 📭 kotak surat terbuka dengan bendera turun, 📮 kotak pos, 🗳️ kotak dengan surat suara,
✏️ pensil, ✒️ ujung pena, 🖋️ pena tinta, 🖊️ pena, 🖌️ kuas, 🖍️ krayon, 📝 memo, 🔨 palu, ⛏️ beliung,
⚒️ palu dan beliung, 🛠️ palu dan kunci inggris, 🗡️ belati, ⚔️ pedang bersilang, 💣 bom, 🏹 busur dan
panah, 🛡️ perisai, 🔧 kunci inggris, 🔩 mur dan baut, ⚙️ roda gigi, 🗜️ klem, ⚖️ timbangan gantung, 🔗
tautan, ⛓️ rantai, 💉 suntikan, 💊 pil, 🚪 pintu, 🛏️ tempat tidur, 🛋️ sofa dan lampu, 🚽 toilet, 🚿
shower, 🛁 bathtub, 🛒 troli belanja
`],
    ["symbols", `
⚠️ peringatan, 🚸 anak-anak menyeberang, ⛔ dilarang masuk, 🚫 dilarang, 🚳 dilarang bersepeda, 🚭
dilarang merokok, 🚯 dilarang membuang sampah sembarangan, 🚱 air tidak dapat diminum, 🚷 pejalan
kaki dilarang masuk, 📵 dilarang menggunakan ponsel, 🔞 di bawah 18 tahun dilarang, ☢️ radioaktif,
☣️ biohazard, 🛐 tempat ibadah, ⚛️ simbol atom, 🕉️ om, ✡️ bintang daud, ☸️ roda dharma, ☯️ yin
yang, ✝️ salib latin, ☦️ salib ortodoks, ☪️ bintang dan bulan, ☮️ simbol damai, 🕎 menorah, 🔯
bintang sudut enam bertitik, ✖️ kali, ➕ tambah, ➖ kurang, ➗ bagi, ‼️ tanda seru ganda, ⁉️ tanda
seru dan tanya, ❓ tanda tanya merah, ❔ tanda tanya putih, ❕ tanda seru putih, ❗ tanda seru merah,
〰️ garis bergelombang, 💱 kurs, 💲 tanda dolar tebal, ⚕️ simbol kedokteran, ♻️ simbol daur ulang, ⚜️
fleur-de-lis, 🔱 emblem trisula, 📛 lencana nama, 🔰 simbol jepang untuk pemula, ⭕ lingkaran besar
tebal, ✅ tanda centang putih tebal, ☑️ kotak bercentang, ✔️ tanda centang tebal, ❌ tanda silang, ❎
tombol tanda silang, ➰ untaian bergelombang, ➿ untaian bergelombang ganda, 〽️ tanda alternasi
bagian, ✳️ bintang berujung lancip delapan, ✴️ bintang berujung delapan, ❇️ kilauan, ©️ hak cipta,
®️ terdaftar, ™️ merek dagang, 🇮🇩 bendera indonesia merah putih
`],
];
