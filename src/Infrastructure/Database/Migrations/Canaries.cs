using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

[DbContext(typeof(ConsoleDbContext))]
[Migration("0020_Canaries")]
internal sealed class Canaries : SqlMigration;
