using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Postern.Web.Security;

/// <summary>Keeps the keys of cookies and forms in PostgreSQL, so that every process of an installation opens the same sessions.</summary>
public sealed class DatabaseKeyRepository(NpgsqlDataSource database) : IXmlRepository
{
    // All keys, oldest first.
    private const string ReadAll = "select xml from data_protection_key order by id";

    // One more key; keys are never changed.
    private const string Append = "insert into data_protection_key (friendly_name, xml) values ($1, $2)";

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand(ReadAll);
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read())
        {
            keys.Add(XElement.Parse(reader.GetString(0)));
        }

        return keys;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand(Append);
        command.Parameters.AddWithValue(friendlyName);
        command.Parameters.AddWithValue(element.ToString(SaveOptions.DisableFormatting));
        command.ExecuteNonQuery();
    }
}
