using System.Collections.Frozen;

namespace Postern.Domain.Addresses;

/// <summary>Brings different code points of one letter together: full and half width, ligatures, a letter with its accent apart.</summary>
/// <remarks>
/// .NET normalises nothing where it runs without the machine's culture data, as Postern does, so the part of Unicode's NFKC that mail
/// names need is here: Latin, Greek, Cyrillic and kana. All letters are upper case when they come here.
/// </remarks>
internal static class LetterForms
{
    // U+FF61 to U+FF9D in order.
    private const string HalfWidthKana = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

    // U+FFE0 to U+FFE6 in order.
    private const string FullWidthSigns = "¢£¬¯¦¥₩";

    private static readonly string[] Ligatures = ["FF", "FI", "FL", "FFI", "FFL", "ST", "ST"]; // U+FB00 to U+FB06

    // After each mark: letter and composed letter in turns (Unicode 15, canonical compositions of capitals and kana).
    private static readonly FrozenDictionary<(char Letter, char Mark), char> Composed = new (char Mark, string Pairs)[]
    {
        ('\u0300', "AÀEÈIÌOÒUÙÜǛNǸЕЀИЍĒḔŌṐWẀÂẦĂẰÊỀÔỒƠỜƯỪYỲἈἊἉἋἘἚἙἛἨἪἩἫἸἺἹἻὈὊὉὋὙὛὨὪὩὫΑᾺΕῈΗῊ᾿῍ΙῚ῾῝ΥῪ¨῭ΟῸΩῺ"),
        ('\u0301', "AÁEÉIÍOÓUÚYÝCĆLĹNŃRŔSŚZŹÜǗGǴÅǺÆǼØǾ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϒϓГЃКЌÇḈĒḖÏḮKḰMḾÕṌŌṒPṔŨṸWẂÂẤĂẮÊẾÔỐƠỚƯỨἈἌ"
            + "ἉἍἘἜἙἝἨἬἩἭἸἼἹἽὈὌὉὍὙὝὨὬὩὭ᾿῎῾῞"),
        ('\u0302', "AÂEÊIÎOÔUÛCĈGĜHĤJĴSŜWŴYŶZẐẠẬẸỆỌỘ"),
        ('\u0303', "AÃNÑOÕIĨUŨVṼÂẪĂẴEẼÊỄÔỖƠỠƯỮYỸ"),
        ('\u0304', "AĀEĒIĪOŌUŪÜǕÄǞȦǠÆǢǪǬÖȪÕȬȮȰYȲИӢУӮGḠḶḸṚṜΑᾹΙῙΥῩ"),
        ('\u0306', "AĂEĔGĞIĬOŎUŬУЎИЙЖӁАӐЕӖȨḜẠẶΑᾸΙῘΥῨ"),
        ('\u0307', "CĊEĖGĠIİZŻAȦOȮBḂDḊFḞHḢMṀNṄPṖRṘSṠŚṤŠṦṢṨTṪWẆXẊYẎ"),
        ('\u0308', "AÄEËIÏOÖUÜYŸΙΪΥΫϒϔЕЁІЇАӒӘӚЖӜЗӞИӤОӦӨӪЭӬУӰЧӴЫӸHḦÕṎŪṺWẄXẌ"),
        ('\u0309', "AẢÂẨĂẲEẺÊỂIỈOỎÔỔƠỞUỦƯỬYỶ"),
        ('\u030a', "AÅUŮ"),
        ('\u030b', "OŐUŰУӲ"),
        ('\u030c', "CČDĎEĚLĽNŇRŘSŠTŤZŽAǍIǏOǑUǓÜǙGǦKǨƷǮHȞ"),
        ('\u030f', "AȀEȄIȈOȌRȐUȔѴѶ"),
        ('\u0311', "AȂEȆIȊOȎRȒUȖ"),
        ('\u0313', "ΑἈΕἘΗἨΙἸΟὈΩὨ"),
        ('\u0314', "ΑἉΕἙΗἩΙἹΟὉΥὙΩὩΡῬ"),
        ('\u031b', "OƠUƯ"),
        ('\u0323', "BḄDḌHḤKḲLḶMṂNṆRṚSṢTṬVṾWẈZẒAẠEẸIỊOỌƠỢUỤƯỰYỴ"),
        ('\u0324', "UṲ"),
        ('\u0325', "AḀ"),
        ('\u0326', "SȘTȚ"),
        ('\u0327', "CÇGĢKĶLĻNŅRŖSŞTŢEȨDḐHḨ"),
        ('\u0328', "AĄEĘIĮUŲOǪ"),
        ('\u032d', "DḒEḘLḼNṊTṰUṶ"),
        ('\u032e', "HḪ"),
        ('\u0330', "EḚIḬUṴ"),
        ('\u0331', "BḆDḎKḴLḺNṈRṞTṮZẔ"),
        ('\u0342', "ἈἎἉἏἨἮἩἯἸἾἹἿὙὟὨὮὩὯ¨῁᾿῏῾῟"),
        ('\u3099', "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸ"
            + "ヱヹヲヺヽヾ"),
        ('\u309a', "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"),
    }.SelectMany(row => row.Pairs.Chunk(2), (row, pair) => KeyValuePair.Create((pair[0], row.Mark), pair[1])).ToFrozenDictionary();

    /// <summary>The plain form of a character; the character itself when it has none other.</summary>
    public static string Plain(char c) => c switch
    {
        >= '\uff01' and <= '\uff5e' => ((char)(c - 0xfee0)).ToString(),
        >= '\uff61' and <= '\uff9d' => HalfWidthKana[c - '\uff61'].ToString(),
        '\uff9e' or '\u309b' => "\u3099",
        '\uff9f' or '\u309c' => "\u309a",
        >= '\uffe0' and <= '\uffe6' => FullWidthSigns[c - '\uffe0'].ToString(),
        >= '\ufb00' and <= '\ufb06' => Ligatures[c - '\ufb00'],
        _ => c.ToString(),
    };

    /// <summary>One letter made of a letter and the mark that follows it; false when there is none.</summary>
    public static bool TryCompose(char letter, char mark, out char composed) => Composed.TryGetValue((letter, mark), out composed);
}
