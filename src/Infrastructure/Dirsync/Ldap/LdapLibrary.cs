using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>The LDAP library of the machine, as far as it must be told something that .NET does not pass on.</summary>
internal static class LdapLibrary
{
    // LDAP_OPT_RESTART of ldap_set_option(3): a wait that a signal interrupts goes on.
    private const int Restart = 9;

    // Those that .NET looks for, in its order.
    private static readonly string[] Names = ["libldap.so.2", "libldap-2.6.so.0", "libldap-2.5.so.0", "libldap-2.4.so.2"];

    private static readonly Lazy<bool> Set = new(TrySet);

    /// <summary>Why no directory can be spoken to on this machine; empty when one can.</summary>
    public static string Obstacle => Set.Value ? "" : $"The LDAP library is not installed on this machine ({string.Join(", ", Names)}). Debian and Ubuntu have it in the package libldap2 or libldap-2.5-0.";

    // .NET interrupts its threads by signals, and so does a program of ours that ends; the library takes a wait that was interrupted for a server that is gone.
    private static bool TrySet()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "ldap_set_option", out var function))
            {
                return Marshal.GetDelegateForFunctionPointer<SetOption>(function)(0, Restart, 1) == 0;
            }
        }

        return false;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetOption(nint connection, int option, nint value);
}
