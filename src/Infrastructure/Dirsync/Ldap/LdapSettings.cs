using System.Text.Json.Serialization;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Formats.Ldap;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>Whether the conversation with a directory server is encrypted.</summary>
public enum LdapEncryption
{
    /// <summary>TLS from the first byte, with a certificate that is verified.</summary>
    Ldaps,

    /// <summary>Plain text.</summary>
    Off,
}

/// <summary>Which attributes the entries of a directory have.</summary>
public enum LdapShape
{
    /// <summary>People as inetOrgPerson has them.</summary>
    Standard,

    Exchange55,
    ActiveDirectory,
}

/// <summary>What an administrator sets for a partner of kind <c>ldap</c>.</summary>
public sealed record LdapSettings
{
    /// <summary>Name or address of the directory server. Its certificate must carry just this. Default none.</summary>
    [Setting("Server", "Host")]
    public string Host { get; init; } = "";

    /// <summary>TCP port. Default 636, that of LDAP over TLS; 389 is the one in plain text.</summary>
    [Setting("Server", "Port")]
    public int Port { get; init; } = 636;

    /// <summary>Ldaps encrypts from the first byte and verifies the certificate; Off talks in plain text. Default <see cref="LdapEncryption.Ldaps"/>.</summary>
    [Setting("Server", "Encryption")]
    public LdapEncryption Encryption { get; init; }

    /// <summary>Path of a PEM file with the authorities, or the self-signed certificate, that are trusted beside those of the machine. Default none.</summary>
    [Setting("Server", "Trusted certificate")]
    public string TrustedCertificate { get; init; } = "";

    /// <summary>Distinguished name of the account. Default empty: nobody signs in.</summary>
    [Setting("Server", "Sign in as")]
    public string BindDn { get; init; } = "";

    /// <summary>Name of the secret that holds the password of the account. Default empty.</summary>
    [Setting("Server", "Password")]
    public string PasswordSecret { get; init; } = "";

    /// <summary>Send the password without encryption too. Default false.</summary>
    [Setting("Server", "Password without encryption")]
    public bool AllowPlainText { get; init; }

    /// <summary>Distinguished name of what the entries stand in that are taken, at any depth. Default none.</summary>
    [Setting("Entries", "Base")]
    public string Base { get; init; } = "";

    /// <summary>Which entries are taken, as an LDAP filter. Default empty: all with an address.</summary>
    [Setting("Entries", "Filter")]
    public string Filter { get; init; } = "";

    /// <summary>Distinguished name of the container that our entries are written into. It must exist and be for Postern alone. Default none: nothing is written.</summary>
    [Setting("Entries", "Container for our entries")]
    public string Container { get; init; } = "";

    /// <summary>Which attributes the directory has: Standard, Exchange55 or ActiveDirectory. Default <see cref="LdapShape.Standard"/>.</summary>
    [Setting("Attributes", "Kind of directory")]
    public LdapShape Shape { get; init; }

    /// <summary>
    /// What differs from that, one a line: <c>department = ou</c>. Before the equals sign stands the name of a value, or id, modified, name, mail, proxies, target, hidden,
    /// lists, written or naming; behind it stands what the directory calls it, or nothing. Default none.
    /// </summary>
    [Setting("Attributes", "Own lines")]
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Entries that the server sends at a time. Default 500; Active Directory gives 1,000 at most.</summary>
    [Setting("Reading", "Entries per page")]
    public int PageSize { get; init; } = 500;

    /// <summary>Read only what changed since the last cycle, and the ids of all others. Default true.</summary>
    [Setting("Reading", "Read changes only")]
    public bool ReadsChanges { get; init; } = true;

    /// <summary>How far a read of changes reaches back behind the newest change that was seen. Default 2 minutes.</summary>
    [Setting("Reading", "Overlap")]
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often everything is read all the same: a part of the tree that was moved bears no time of change. Default 1 day.</summary>
    [Setting("Reading", "Read everything every")]
    public TimeSpan ReadWholeEvery { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Until the server accepts a connection and has shown its certificate. Default 15 seconds.</summary>
    [Setting("Time limits", "Connection")]
    public TimeSpan ConnectTimeLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For each answer of the server. Default 1 minute.</summary>
    [Setting("Time limits", "Answer")]
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The map that the shape and the own lines make.</summary>
    [JsonIgnore]
    public AttributeMap Map => AttributeMapLines.Apply(Preset, Attributes, out _);

    /// <summary>The filter, or the one of the shape.</summary>
    [JsonIgnore]
    public string EffectiveFilter => Filter.Length > 0 ? Filter : Anybody(Map);

    private AttributeMap Preset => Shape switch
    {
        LdapShape.Exchange55 => AttributeMap.Exchange55,
        LdapShape.ActiveDirectory => AttributeMap.ActiveDirectory,
        _ => AttributeMap.Standard,
    };

    /// <summary>What is wrong with these settings: the path of a setting and a sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(Host.Length > 0, "host", "The directory server must be named.");
        Require(Host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':'), "host", $"“{Host}” is no host name and no address.");
        Require(Port is > 0 and <= 65_535, "port", "The port must be 1 to 65,535.");
        Require(TrustedCertificate.Length == 0 || File.Exists(TrustedCertificate), "trustedCertificate", $"The file {TrustedCertificate} does not exist.");
        Require(BindDn.Length == 0 || PasswordSecret.Length > 0, "password", "An account needs the name of the secret that holds its password: without one the server would let anybody in as nobody.");
        Require(
            BindDn.Length == 0 || Encryption == LdapEncryption.Ldaps || AllowPlainText, "allowPlainText",
            "The password would be sent in plain text. Set the encryption to Ldaps, or allow the password without encryption.");
        RequireName(BindDn, "bindDn");
        Require(Base.Length > 0 || Container.Length > 0, "base", "A base to read from or a container to write into is needed.");
        RequireName(Base, "base");
        RequireName(Container, "container");
        Require(Filter.Length == 0 || FilterText.FaultOf(Filter).Length == 0, "filter", FilterText.FaultOf(Filter));
        AttributeMapLines.Apply(Preset, Attributes, out var wrong);
        faults.AddRange(wrong.Select(sentence => $"attributes: {sentence}"));
        Require(PageSize is > 0 and <= 10_000, "pageSize", "The entries per page must be 1 to 10,000.");
        Require(Overlap <= TimeSpan.FromDays(1), "overlap", "The overlap must be at most a day.");
        Require(ReadWholeEvery > TimeSpan.Zero, "readWholeEvery", "The time between two reads of everything must be longer than zero.");
        Require(ConnectTimeLimit > TimeSpan.Zero, "connectTimeLimit", "The time limit must be longer than zero.");
        Require(TimeLimit > TimeSpan.Zero && TimeLimit <= TimeSpan.FromHours(1), "timeLimit", "The time limit must be longer than zero and at most an hour.");
        return faults;

        void Require(bool holds, string path, string sentence)
        {
            if (!holds)
            {
                faults.Add($"{path}: {sentence}");
            }
        }

        void RequireName(string text, string path)
        {
            if (!DistinguishedName.TryParse(text, out _, out var fault))
            {
                faults.Add($"{path}: {fault}");
            }
        }
    }

    // Whoever has no address cannot be written to, and would only be a fault in each cycle.
    private static string Anybody(AttributeMap map)
    {
        var addresses = new[] { map.Mail, map.Proxies, map.Target }.Where(attribute => attribute.Length > 0).Select(attribute => $"({attribute}=*)").ToList();
        return addresses.Count switch { 0 => "(objectClass=*)", 1 => addresses[0], _ => $"(|{string.Concat(addresses)})" };
    }
}
