using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

[DbContext(typeof(ConsoleDbContext))]
[Migration("0009_ConnectorActs")]
internal sealed class ConnectorActs : SqlMigration;
