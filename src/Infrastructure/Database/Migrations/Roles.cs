using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

[DbContext(typeof(ConsoleDbContext))]
[Migration("0006_Roles")]
internal sealed class Roles : SqlMigration;
