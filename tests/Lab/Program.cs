using Postern.Lab.CcMail;
using Postern.Lab.Client;
using Postern.Lab.MsMail;
using Postern.Lab.Peer;
using Postern.Lab.Setup;

namespace Postern.Lab;

internal static class Program
{
    private const string Usage = """
        Postern.Lab VERB ARGUMENTS
          import  /N… /P… /D… /BATCH /ITEMSIZE …   behaves as Lotus IMPORT
          export  /N… /P… /D… /BATCH /ITEMSIZE …   behaves as Lotus EXPORT
          create  DIR                              makes DIR/lab/SALES
          compose PO --from NAME --to ADDRESS…     sends as a cc:Mail client
          reply   PO --mailbox NAME --message F    answers as a cc:Mail client
          read    FILE [--extract DIR]             shows a message file
          gtwput  -a… -d… [-f2] [-k] [FILE]        behaves as GTWPUT of FFAPI 3.0
          gtwget  [NET/PO] -a… -d… [-f2] FILE      behaves as GTWGET
          smtpput, smtpget                         as the SMTP gateway has them, for internet addresses
          msimport ADMIN -p… -d… [-x] -fFILE …     behaves as IMPORT of MS Mail
          dsserver PO [--add … | --delete … | …]   one step T2 of a synchronisation server
          harbor  DIR                              makes DIR/lab/HARBOR with PIER1 and PIER2
          newcomers DIR                            changes the directories of SALES and PIER1
          mssend  PO --from MAILBOX --to N/P/M…    sends as an MS Mail client
          peer    --port N --folder DIR            an SMTP server that keeps what it gets
        See README.md beside the source.
        """;

    private static int Main(string[] arguments)
    {
        var rest = arguments.Length > 0 ? arguments[1..] : [];
        try
        {
            return (arguments.Length > 0 ? arguments[0] : "") switch
            {
                "import" => ImportProgram.Run(rest),
                "export" => ExportProgram.Run(rest),
                "create" => LabBuilder.Run(rest),
                "compose" or "send-to-site" => ComposeVerb.Run(rest),
                "reply" => ReplyVerb.Run(rest),
                "read" => ReadVerb.Run(rest),
                "gtwput" or "smtpput" => GatewayProgram.Put(arguments[0], rest),
                "gtwget" or "smtpget" => GatewayProgram.Get(arguments[0], rest),
                "msimport" => ListImport.Run(rest),
                "dsserver" => SyncServer.Run(rest),
                "harbor" => HarborBuilder.Run(rest),
                "newcomers" => Newcomers.Run(rest),
                "mssend" => SendVerb.Run(rest),
                "peer" => PeerServer.Run(rest),
                _ => Screen.Refuse(Usage),
            };
        }
        catch (MisuseException e)
        {
            return Screen.Refuse(e.Message);
        }
    }
}
