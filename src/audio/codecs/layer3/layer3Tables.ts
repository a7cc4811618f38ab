/**
 * Codebooks of Layer III (ISO 11172-3, table 3-B.7): the pairs of values, in hexadecimal, in the order of their codes, and
 * how long those are, from 1 to `j` for 19 bits. Order and lengths are all there is to know of a prefix code.
 */
export interface Layer3Codebook {
  readonly pairs: string;
  readonly lengths: string;
}

export const codebooks: Readonly<Record<number, Layer3Codebook>> = {
  1: {
    pairs: '11011000',
    lengths: '3321',
  },
  2: {
    pairs: '220212212011011000',
    lengths: '665553331',
  },
  3: {
    pairs: '220212212010110100',
    lengths: '665553222',
  },
  5: {
    pairs: '33233231130330221221022011011000',
    lengths: '8876777766663331',
  },
  6: {
    pairs: '33032332301331220212212001111000',
    lengths: '7766655554443233',
  },
  7: {
    pairs: '554554533544255215510534504333244214414004233203133130221221022011011000',
    lengths: 'aaaa99998899899887778888777765664331',
  },
  8: {
    pairs: '555445533544255205155134435033244214410440233213310330220220122111011000',
    lengths: 'bba9aa999889999888788888888666442332',
  },
  9: {
    pairs: '554535535405442552155134435004244233401441233213310330220212212011011000',
    lengths: '998899888877788777766665566554443333',
  },
  10: {
    pairs:
      '776776577566477456653773465554632772640770624535065344177136262552155134431661600550244233041441402332031331' +
      '30221221022011011000',
    lengths: 'bbbbbbaaaaaaabba99aa99aa9aa8899aa99aa888999999888888777766664331',
  },
  11: {
    pairs:
      '776776756647745755566537734645543553277264077117703663604425520515622606166151345043332442144104402332133103' +
      '30222112022011011000',
    lengths: 'aaaaaaabbaa999aaaa8899788888999987887788899888888776677654553332',
  },
  12: {
    pairs:
      '776776577566477465563773552772466417710770366345544406052662611660355325521551344350042442143341233240033013' +
      '31221221022000110110',
    lengths: 'aa99999998899888888998888899777888888777788777666677655544554333',
  },
  13: {
    pairs:
      'fefcfdedffefdfeecfdebffbcedcafe9ecddfacdbeeb9ff9eabddb8ff8ccae9e8e7f7ef7daadbccbf66fe85f9dd9f5e7acbb4ff4cae6' +
      'f33f8dd82ff26e9c0fc95eab7dd74ec8d63eb99baa1ff1f0bae5e48c6de3e22e0e1ee1e05dd57cc74d8bb8d49aa96cc63dd37b2dd21d' +
      'b75cc5997ac3a7974bd10dd08aa84cc46bb63c2cc25bb5891cc1980cc0b46aa6793bb3885a2ba569a47887947776b21bb10bb0964a3a' +
      'a359952aa21aa10a68a08649933958856729925775388366477456657319910990488472466428821837271771550770366345542662' +
      '35810880166106605344255205155134435024423314410440233213310330221221022011011000',
    lengths:
      'jjihgggggggggghhffggffffffffffggfggeeffffeeeeeeeeeeeffedeeddeedeedeedeeddeecccddddddcddccddddddddddddccddccc' +
      'cddddcddcbccccccccbbbbccbbccbccccbbccbccbccbccaaabbbbbbbbaaaabbabbabbbbaabbaabbbbbb99aaaaabb999aa99aaaaaaaaa' +
      'a8999999aa999889999998788887777766664431',
  },
  15: {
    pairs:
      'ffeffedfeefdcffcdeedbffbceecddaffabeebcddc9ff9eabddb8ff8cc9ee97ff7addabc6fae0fcbf68ee85f9df57ee7accabbd98d4f' +
      'f43ff3d8e62ff26ef01ff19cc95eabbae57dd74ee48cc83e6dd6e39bb92eaae21ee10ee05dd57cc74d8bd4b89aa96cc63dd3d22d0d1d' +
      '7bb7d15cd0c58aa84cc46bb6990c3cc37aa7a6c00bc22c5bb51c8998c14bb46a3b79b397882b5ab2a51bb1b069964aa478873aa35995' +
      '2aa21aa10aa0688649943993770958852967769291199048845775388366472882188174088056653773462772641755710770366345' +
      '54266216066035615344255215510550344324423341140423324003133130221221022011011000',
    lengths:
      'ddddcddddddcddcccccccccccccccccccccccddbbccccbbbbbbccbbbbbbbbccbbbbbbbbbbbbbbbbbbbbbbbbbccbbbbbbabbbbbbaabba' +
      'aaabbaaaaaaabbaaaaabb9aaaaaaaaaaaa9aaaa9aa9aaaaaaaa9999999aa999999aa9999998999999999988889999999988888899888' +
      '8888998788777788777776776677666555553443',
  },
  16: {
    pairs:
      'effedffdcffcbffbaffa9ff9f88f7ff76ff6ff5ff54ff4f3f03fceecdddee9ead9eeedebbecddcdbaeccadda7eaccac97d5ebdf22f0f' +
      '1ff19ebccb8ee89de7bb8dd86ee69cabbae5d74ee48cc83e6dd69bb9aae1d4b8a97bb7d0e30ee05dd57cc74d8b9a6cc63d5cc50d8aa8' +
      '994cb67a3c5b891cc09879e22e1ed32dd2d13b97881dc46bc3a72cc2b5c10c4bb46aa6b35aa52bb21bb10bb069964aa47887a33a592a' +
      '9568a1867794495767a21a0aa03993588529927609199190488475388366288247741881800856377365462772645507177170366345' +
      '54266216610660533544255251150534435024423314410440233213310330221221022011011000',
    lengths:
      'bbbbbbbbabbbbaaaaa8aa9999aghhffggeffeeffeeffffeffed89988deeeeeeeeeeddeeeedeedddeeeeddeedeecddddddddddddddcdd' +
      'ddddcddccddbcccccccddbccccbccccccccbccbbbbccccccccbccbccbccbccbaabbbbbbaabbaabbbbbbbbabbaaabbaabbaabba99aaaa' +
      'aa999aa9aa998999999998899887788766664431',
  },
  24: {
    pairs:
      'effedffdcffcbffbfaaf9ff9f88f7ff76ff65ff54ff43ff32ff2f11ff00feedeedceecddbeebcddcaeeabddbcc9ee9addabccb8ee89d' +
      'd97ee7acffcabb8dd80ee00de66e9cc95ebae5ab7dd7e48cc84e2e3e6dd6e39bb9aae21ee15dd57cc74d8bb8d49aa96cc63dd32dd21d' +
      '7bb7d15cc58aa8994cc46bb6d00c3cc37aa72cc25bb51c8998c14bc00b3bb00a1ab46aa67997a00990b3882b5ab2a51bb16996a44a78' +
      '873aa359952aa2a168867749943993588529677692199148845775388366288218477481088056651707707337277246645571366345' +
      '54266216610660355344255215055051344324423314410440233213310330221221022011011000',
    lengths:
      '888888887887788777777777777889bbbbbbbbbbbbbbbbbbbbbbbbbbbb4bbbbccbabbaaaabbaaaabbaaaaaaaaaaaaaaaaaaaaaaaaaaa' +
      'aaaaaaaaaaaabbaaaaaaaaaaaaabbabba9aaaabba99aa9aaaa99aa999999999999999999999999999999999999aa999aa89988888888' +
      '8888899888888997887777788776677655664444',
  },
};

/** For each number in a frame: the codebook, and how many bits may follow on a 15. What is missing stands for zeros. */
export const codebookChoices: Readonly<Record<number, readonly [codebook: number, extraBits: number]>> = {
  1: [1, 0],
  2: [2, 0],
  3: [3, 0],
  5: [5, 0],
  6: [6, 0],
  7: [7, 0],
  8: [8, 0],
  9: [9, 0],
  10: [10, 0],
  11: [11, 0],
  12: [12, 0],
  13: [13, 0],
  15: [15, 0],
  16: [16, 1],
  17: [16, 2],
  18: [16, 3],
  19: [16, 4],
  20: [16, 6],
  21: [16, 8],
  22: [16, 10],
  23: [16, 13],
  24: [24, 4],
  25: [24, 5],
  26: [24, 6],
  27: [24, 7],
  28: [24, 8],
  29: [24, 9],
  30: [24, 11],
  31: [24, 13],
};

/** The codes of four values of 0 or 1: how long, and which bits. */
export const quadCodes = [
  [1, 1],
  [4, 5],
  [4, 4],
  [5, 5],
  [4, 6],
  [6, 5],
  [5, 4],
  [6, 4],
  [4, 7],
  [5, 3],
  [5, 6],
  [6, 0],
  [5, 7],
  [6, 2],
  [6, 3],
  [6, 1],
] as const;

/** Lines in each band of long and of short blocks (table 3-B.8), at 44.1, 48, 32, 22.05, 24, 16, 11.025, 12 and 8 kHz. */
export const longBands = [
  [4, 4, 4, 4, 4, 4, 6, 6, 8, 8, 10, 12, 16, 20, 24, 28, 34, 42, 50, 54, 76, 158],
  [4, 4, 4, 4, 4, 4, 6, 6, 6, 8, 10, 12, 16, 18, 22, 28, 34, 40, 46, 54, 54, 192],
  [4, 4, 4, 4, 4, 4, 6, 6, 8, 10, 12, 16, 20, 24, 30, 38, 46, 56, 68, 84, 102, 26],
  [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54],
  [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 18, 22, 26, 32, 38, 46, 54, 62, 70, 76, 36],
  [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54],
  [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54],
  [6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54],
  [12, 12, 12, 12, 12, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 76, 90, 2, 2, 2, 2, 2],
] as const;

export const shortBands = [
  [4, 4, 4, 4, 6, 8, 10, 12, 14, 18, 22, 30, 56],
  [4, 4, 4, 4, 6, 6, 10, 12, 14, 16, 20, 26, 66],
  [4, 4, 4, 4, 6, 8, 12, 16, 20, 26, 34, 42, 12],
  [4, 4, 4, 6, 6, 8, 10, 14, 18, 26, 32, 42, 18],
  [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 32, 44, 12],
  [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 30, 40, 18],
  [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 30, 40, 18],
  [4, 4, 4, 6, 8, 10, 12, 14, 18, 24, 30, 40, 18],
  [8, 8, 8, 12, 16, 20, 24, 28, 36, 2, 2, 2, 26],
] as const;

/** The first half of the synthesis window (table 3-B.3), times 65536; the rest mirrors it. */
export const synthesisWindow = [
  0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5, -5, -6, -7, -7, -8, -9, -10, -11, -13, -14, -16, -17,
  -19, -21, -24, -26, -29, -31, -35, -38, -41, -45, -49, -53, -58, -63, -68, -73, -79, -85, -91, -97, -104, -111, -117,
  -125, -132, -139, -147, -154, -161, -169, -176, -183, -190, -196, -202, -208, 213, 218, 222, 225, 227, 228, 228, 227,
  224, 221, 215, 208, 200, 189, 177, 163, 146, 127, 106, 83, 57, 29, -2, -36, -72, -111, -153, -197, -244, -294, -347,
  -401, -459, -519, -581, -645, -711, -779, -848, -919, -991, -1064, -1137, -1210, -1283, -1356, -1428, -1498, -1567,
  -1634, -1698, -1759, -1817, -1870, -1919, -1962, -2001, -2032, -2057, -2075, -2085, -2087, -2080, -2063, 2037, 2000,
  1952, 1893, 1822, 1739, 1644, 1535, 1414, 1280, 1131, 970, 794, 605, 402, 185, -45, -288, -545, -814, -1095, -1388,
  -1692, -2006, -2330, -2663, -3004, -3351, -3705, -4063, -4425, -4788, -5153, -5517, -5879, -6237, -6589, -6935, -7271,
  -7597, -7910, -8209, -8491, -8755, -8998, -9219, -9416, -9585, -9727, -9838, -9916, -9959, -9966, -9935, -9863, -9750,
  -9592, -9389, -9139, -8840, -8492, -8092, -7640, -7134, 6574, 5959, 5288, 4561, 3776, 2935, 2037, 1082, 70, -998,
  -2122, -3300, -4533, -5818, -7154, -8540, -9975, -11455, -12980, -14548, -16155, -17799, -19478, -21189, -22929,
  -24694, -26482, -28289, -30112, -31947, -33791, -35640, -37489, -39336, -41176, -43006, -44821, -46617, -48390,
  -50137, -51853, -53534, -55178, -56778, -58333, -59838, -61289, -62684, -64019, -65290, -66494, -67629, -68692,
  -69679, -70590, -71420, -72169, -72835, -73415, -73908, -74313, -74630, -74856, -74992, 75038,
] as const;

/** From which the factors against aliases are made (table 3-B.9). */
export const aliasCoefficients = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037] as const;
