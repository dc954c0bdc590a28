// Runs a notebook's cells, then the program with the same steps. Arguments: a file with a HostJob, and where to write the HostResult.
using System.Globalization;
using System.Text.Json;
using MlNetSer.NotebookHost;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var job = JsonSerializer.Deserialize<HostJob>(File.ReadAllText(args[0]))!;
var references = PackageAssemblies.Use(job);
Console.SetOut(NotebookDisplay.Console);

Enter("notebook");
var cells = await CellRun.Run(job.Cells, references);
Enter("app");
var program = await ProgramRun.Run(job.Program, references);
File.WriteAllText(args[1], JsonSerializer.Serialize(new HostResult(cells, program)));

void Enter(string name) => Directory.SetCurrentDirectory(Directory.CreateDirectory(Path.Combine(job.Folder, name)).FullName);
