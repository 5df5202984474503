using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

[DbContext(typeof(ConsoleDbContext))]
[Migration("0024_MsMail")]
internal sealed class MsMailMemory : SqlMigration;
