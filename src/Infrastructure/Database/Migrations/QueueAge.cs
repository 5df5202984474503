using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

[DbContext(typeof(ConsoleDbContext))]
[Migration("0019_QueueAge")]
internal sealed class QueueAge : SqlMigration;
